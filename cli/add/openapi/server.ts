import type { Json } from '../../manifests/documents.ts';
import type { Chosen } from './describe.ts';
import type { DocumentFault } from './faults.ts';

/** Where requests go: the URL without a slash at its end, and its path. */
export type Server =
  | { readonly url: string; readonly path: string; readonly notes: readonly string[] }
  | { readonly fault: DocumentFault };

const wayOut = 'name the backend by --upstream';

export function serverOf(document: Json, { upstream, base }: Chosen): Server {
  const found = document.swagger === undefined ? serversIn(document) : swaggerServers(document, base);
  if (upstream !== undefined) return read(upstream, base, [], found[0], ['--upstream']);
  const [first, ...others] = found;
  if (first === undefined) return { fault: { steps: ['servers'], fault: `names no server; ${wayOut}` } };
  const notes =
    others.length === 0
      ? []
      : [`requests go to the first of ${found.length} servers; --upstream names another`];
  return read(first, base, notes, first, document.swagger === undefined ? ['servers', '0', 'url'] : ['host']);
}

/** The path is the document's own: it is what clients call. */
function read(
  text: string,
  base: string | undefined,
  notes: readonly string[],
  described: string | undefined,
  steps: readonly string[],
): Server {
  const url = URL.parse(text, base);
  if (url === null)
    return { fault: { steps, fault: `is no absolute URL, got ${JSON.stringify(text)}; ${wayOut}` } };
  if (!['http:', 'https:'].includes(url.protocol))
    return { fault: { steps, fault: `must be http or https, got ${JSON.stringify(text)}; ${wayOut}` } };
  const own =
    (described === undefined ? null : URL.parse(described, base ?? 'http://nowhere'))?.pathname ?? '';
  return { url: trimmed(url.href), path: trimmed(own), notes };
}

/** Each with the defaults of its variables. */
function serversIn({ servers }: Json): readonly string[] {
  if (!Array.isArray(servers)) return [];
  return (servers as readonly { readonly url: string; readonly variables?: Json }[]).map(
    ({ url, variables = {} }) =>
      url.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
        const { default: value } = (variables[name] ?? {}) as { readonly default?: string };
        return value ?? whole;
      }),
  );
}

/** Of a Swagger 2 document: https before http; without a host, whoever served the document. */
function swaggerServers(document: Json, base: string | undefined): readonly string[] {
  // The schema has let nothing else through.
  const {
    schemes,
    host,
    basePath = '',
  } = document as {
    readonly schemes?: unknown;
    readonly host?: string;
    readonly basePath?: string;
  };
  const given = Array.isArray(schemes) ? (schemes as readonly string[]) : [];
  const web = ['https', 'http'].filter((scheme) => given.includes(scheme));
  const [scheme = base === undefined ? 'https' : new URL(base).protocol.replace(':', '')] = web;
  const at = host ?? (base === undefined ? undefined : new URL(base).host);
  return at === undefined ? [] : [`${scheme}://${at}${basePath}`];
}

function trimmed(text: string): string {
  return text.replace(/\/+$/, '');
}
