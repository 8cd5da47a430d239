import { valueAt } from '../../../src/model/path.ts';
import type { ApiDescription } from '../../../src/model/api-description.ts';
import type { Json } from '../../manifests/documents.ts';
import type { DocumentFault } from './faults.ts';
import { stepsOfPointer } from './pointer.ts';
import { serverOf } from './server.ts';

/** What the person chose instead of what the document says. */
export interface Chosen {
  readonly name: string;
  readonly upstream: string | undefined;
  readonly context: string | undefined;
  readonly version: string | undefined;
  /** Where the document came from, if by HTTP: servers may be relative to it. */
  readonly base: string | undefined;
}

export type Described =
  | { readonly api: ApiDescription; readonly notes: readonly string[]; readonly faults?: never }
  | { readonly faults: readonly DocumentFault[] };

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

/** What a document that fits its schema says, in the words of a gateway. */
export function describe(document: Json, chosen: Chosen): Described {
  const info = (document.info ?? {}) as { readonly title?: unknown; readonly version?: unknown };
  const faults: DocumentFault[] = [];
  const operations = operationsOf(document, faults);
  const server = serverOf(document, chosen);
  if ('fault' in server) faults.push(server.fault);
  if (operations.length === 0 && faults.length === 0)
    faults.push({ steps: ['paths'], fault: 'has no operation, and an API without any can not be offered' });
  if (faults.length > 0 || 'fault' in server) return { faults };
  return {
    api: {
      title: textOf(info.title) ?? chosen.name,
      version: chosen.version ?? textOf(info.version) ?? '1.0',
      context: chosen.context ?? (server.path === '' ? `/${chosen.name}` : server.path),
      upstream: server.url,
      operations,
    },
    notes: server.notes,
  };
}

function operationsOf(document: Json, faults: DocumentFault[]): ApiDescription['operations'] {
  return Object.entries((document.paths ?? {}) as Json).flatMap(([path, given]) => {
    if (!path.startsWith('/')) return [];
    const item = resolved(document, given, ['paths', path], faults);
    return methods.flatMap((method) => {
      const operation = item[method];
      if (typeof operation !== 'object' || operation === null) return [];
      const { summary, description } = operation as Json;
      return [{ method: method.toUpperCase(), path, description: textOf(summary) ?? textOf(description) }];
    });
  });
}

/** A path may stand elsewhere in the document. What leads in a circle ends as nothing. */
function resolved(document: Json, given: unknown, steps: readonly string[], faults: DocumentFault[]): Json {
  const seen = new Set<string>();
  let item = (given ?? {}) as Json;
  while (typeof item.$ref === 'string') {
    const { $ref, ...beside } = item;
    if (!$ref.startsWith('#')) {
      faults.push({
        steps: [...steps, '$ref'],
        fault: `names ${$ref}, and other documents are not fetched; bundle them into one`,
      });
      return beside;
    }
    if (seen.has($ref)) {
      faults.push({ steps: [...steps, '$ref'], fault: 'leads in a circle' });
      return beside;
    }
    seen.add($ref);
    item = { ...((valueAt(document, stepsOfPointer($ref)) ?? {}) as Json), ...beside };
  }
  return item;
}

/** The first line: it is for people who look at a list. */
function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const line = value.trim().split('\n')[0]?.trim() ?? '';
  return line === '' ? undefined : line.slice(0, 200);
}
