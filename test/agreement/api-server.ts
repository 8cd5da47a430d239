import { request } from 'undici';
import { connectionsOf } from '../../src/kube/connection.ts';
import { loadKubeConfig } from '../../src/kube/client.ts';
import { resourcePath } from '../../src/kube/resource-path.ts';
import type { ResourceType } from '../../src/kube/resource.ts';
import { configMapType, customType, namespaceType, secretType } from '../../src/kube/core-types.ts';
import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { table } from '../../src/kinds/table.ts';
import { group } from '../../src/model/generation.ts';
import type { Manifest } from './corpus.ts';

/** What the API server answers, warnings included: the product's own client has no use for those. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly warnings: readonly string[];
}

/** Writes as kubectl does, with its strict validation of fields. */
export class ApiServer {
  readonly #connection: ReturnType<typeof connectionsOf>;

  constructor(kubeconfig: string) {
    this.#connection = connectionsOf(loadKubeConfig({ path: kubeconfig }));
  }

  async send(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, content?: unknown): Promise<ApiAnswer> {
    const { origin, prefix, headers, dispatcher } = await this.#connection();
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const query = method === 'GET' ? '' : `${path.includes('?') ? '&' : '?'}fieldValidation=Strict`;
    const answer = await request(`${origin}${prefix}${path}${query}`, {
      method,
      dispatcher,
      headers: { accept: 'application/json', 'user-agent': 'agreement', ...headers, 'content-type': type },
      ...(content === undefined ? {} : { body: JSON.stringify(content) }),
    });
    const body: unknown = await answer.body.json();
    return { status: answer.statusCode, body, warnings: warningsIn(answer.headers.warning) };
  }

  /** Does it or throws: for what the fixtures only stand on. */
  async mustSend(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH',
    path: string,
    content?: unknown,
  ): Promise<unknown> {
    const { status, body } = await this.send(method, path, content);
    if (status < 300) return body;
    throw new Error(`${method} ${path} was answered ${status}: ${JSON.stringify(body)}`);
  }
}

/** How the API server calls the kind of a manifest; the version is the one that the manifest says. */
export function typeOf({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): ResourceType {
  if (apiVersion === 'v1') {
    const core = [secretType, configMapType, namespaceType].find((type) => type.kind === kind);
    if (core !== undefined) return core;
  }
  const [ofGroup, version] = apiVersion.split('/');
  const row = kind === gatewayKind.kind ? gatewayKind : table.find(kind);
  if (row === undefined || ofGroup !== group || version === undefined)
    throw new Error(`there is no way to create ${apiVersion} ${kind}`);
  return { ...customType(row), version };
}

export function pathFor(manifest: Manifest, subresource?: string): string {
  const { namespace, name } = manifest.metadata;
  return resourcePath(typeOf(manifest), namespace, name, subresource);
}

export function collectionFor(manifest: Manifest): string {
  return resourcePath(typeOf(manifest), manifest.metadata.namespace);
}

/** `299 - "text"`, several of them in one or several headers, whose bytes are UTF-8. */
function warningsIn(header: string | readonly string[] | undefined): readonly string[] {
  const headers = header === undefined ? [] : typeof header === 'string' ? [header] : header;
  return headers.flatMap((line) =>
    [...line.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
      Buffer.from(text.replaceAll(/\\(.)/g, '$1'), 'latin1').toString('utf8'),
    ),
  );
}
