import { ValueReader } from '../../src/kube/value-reader.ts';
import { table } from '../../src/kinds/table.ts';
import { managementBase } from '../../src/model/generation.ts';
import { itemId } from '../../src/model/item.ts';
import type { Kind } from '../../src/model/kind.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { Gateway } from '../support/gateway/emulator.ts';
import type { Fixture, Manifest } from './corpus.ts';
import { placed, type Place } from './scene.ts';
import { sentFor, type Surroundings } from './sent.ts';
import { isUpdated, titleOf } from './webhook-verdict.ts';

/** What the gateway says of the document; `unsent` where there is nothing that could be sent. */
export type GatewayVerdict =
  | {
      readonly is: 'taken' | 'refused';
      readonly call: string;
      readonly status: number;
      readonly body: string;
    }
  | { readonly is: 'unsent'; readonly why: string };

/** Stores what must stand first, then sends what is judged. Throws where the gateway does not take the former. */
export async function gatewayVerdict(
  fixture: Fixture,
  place: Place,
  gateway: Gateway,
): Promise<GatewayVerdict> {
  gateway.restartEmpty();
  const manifests = [...fixture.before, fixture.judged].map((manifest) => placed(manifest, place));
  const ids = new Map<string, string>();
  const values = valuesIn(manifests);
  let verdict: GatewayVerdict = { is: 'unsent', why: 'it is no kind that gateways know' };
  for (const [index, manifest] of manifests.entries()) {
    const row = manifest.apiVersion === 'v1' ? undefined : table.find(manifest.kind);
    if (row === undefined) continue;
    const { namespace = '', name } = manifest.metadata;
    const stored = ids.get(`${namespace}/${row.kind}/${name}`);
    const surroundings: Surroundings = {
      generation: gateway.api,
      idOf: (kind, of) => ids.get(`${namespace}/${kind}/${of}`),
      values,
    };
    verdict = await offer(row, manifest, stored, gateway, surroundings, ids);
    const isLast = index === manifests.length - 1;
    if (!isLast && verdict.is !== 'taken')
      throw new Error(`the gateway does not take ${titleOf(manifest)}: ${JSON.stringify(verdict)}`);
    if (!isLast && !isUpdated(manifest, fixture) && stored !== undefined)
      throw new Error(`${titleOf(manifest)} stands there twice, and only the last manifest may be an update`);
  }
  return verdict;
}

async function offer(
  row: Kind,
  manifest: Manifest,
  stored: string | undefined,
  gateway: Gateway,
  surroundings: Surroundings,
  ids: Map<string, string>,
): Promise<GatewayVerdict> {
  const sent = await sentFor(row, manifest, surroundings);
  if (sent.missing !== undefined) return { is: 'unsent', why: sent.missing };
  const collection = `${sent.parent ?? ''}${row.collection.path}`;
  const call = callFor(row, collection, stored, sent.document);
  const posted = await answered(call, gateway);
  // Where a POST that replaces is refused, the controller tries a PUT.
  const otherwise = row.update.by === 'post' && stored !== undefined && !posted.response.ok;
  const { response, text, made } = otherwise
    ? await answered({ ...call, method: 'PUT', path: `${collection}/${encodeURIComponent(stored)}` }, gateway)
    : posted;
  if (response.ok) remember(row, manifest, text, ids);
  return { is: response.ok ? 'taken' : 'refused', call: made, status: response.status, body: text };
}

interface Call {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body: unknown;
}

async function answered({ method, path, body }: Call, gateway: Gateway) {
  const response = await fetch(`${gateway.url}${managementBase(gateway.api)}${path}`, {
    method,
    headers: {
      Authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  return { response, text: (await response.text()).trim(), made: `${method} ${path}` };
}

/** As the controller writes it: a PUT where the kind has one, some fields, or a POST that stands beside or replaces. */
function callFor(
  { update }: Kind,
  collection: string,
  stored: string | undefined,
  document: Readonly<Record<string, unknown>>,
): Call {
  if (stored === undefined || update.by === 'post' || update.by === 'recreate')
    return { method: 'POST', path: collection, body: document };
  const fields = update.by === 'fields' ? update.fields : Object.keys(document);
  const body = Object.fromEntries(fields.map((field) => [field, document[field]]));
  return { method: 'PUT', path: `${collection}/${encodeURIComponent(stored)}`, body };
}

/** Under which id the gateway has it, and the names under which others may refer to it. */
function remember(row: Kind, manifest: Manifest, reply: string, ids: Map<string, string>): void {
  const item = JSON.parse(reply) as Readonly<Record<string, unknown>>;
  const id = row.identity.is === 'assigned' ? itemId(row, item) : manifest.metadata.name;
  if (id === undefined) throw new Error(`the gateway gave ${titleOf(manifest)} no id`);
  const { namespace = '', name } = manifest.metadata;
  for (const called of [name, row.title?.(manifest.spec)])
    if (called !== undefined) ids.set(`${namespace}/${row.kind}/${called}`, id);
}

/** Secrets and ConfigMaps of the file, in the place of those that the controller would read from the API server. */
function valuesIn(manifests: readonly Manifest[]): ValueReader {
  const found = (kind: string, namespace: string | undefined, name: string) =>
    manifests.find(
      ({ apiVersion, kind: of, metadata }) =>
        apiVersion === 'v1' && of === kind && metadata.namespace === namespace && metadata.name === name,
    );
  const encoded = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    );
  const client = {
    get: (type: { readonly kind: string }, namespace: string | undefined, name: string) => {
      const { stringData = {}, data, ...holder } = found(type.kind, namespace, name) ?? {};
      const merged = { ...data, ...encoded(stringData) };
      return Promise.resolve('kind' in holder ? { ...holder, data: merged } : undefined);
    },
  };
  return new ValueReader({ client: client as never, clock: systemClock });
}
