import { isDeepStrictEqual } from 'node:util';
import { inUseLabel, markAnnotation } from '../model/annotations.ts';
import { authored, travelling } from '../model/document.ts';
import type { Generation } from '../model/generation.ts';
import { partOf, type Item } from '../model/item.ts';
import type { Kind } from '../model/kind.ts';
import { keep, rewritten, stepsOf, valueAt, written } from '../model/path.ts';
import { isPlatformBookkeeping, lastApplied } from '../model/platform-operator.ts';
import type { NameOf } from './names.ts';
import type { Shown } from './shown.ts';

/** What a resource would have to say for a gateway to show an item, as far as it is shown. */
export interface ReadBack {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
  /** Labels and annotations that are lost, and why. */
  readonly lost: readonly string[];
}

/** The inverse of `documentOf`. */
export function readBack(
  { row, item, owner }: Shown,
  name: string,
  generation: Generation,
  nameOf: NameOf,
): ReadBack {
  const { wire } = row;
  if (wire.is === 'flat')
    return { labels: {}, annotations: {}, lost: [], spec: wire.spec({ item, owner, nameOf }) };
  const labels = carried(partOf(item, 'metadata', 'labels'), 'label');
  const annotations = carried(partOf(item, 'metadata', 'annotations'), 'annotation');
  return {
    labels: labels.entries,
    annotations: annotations.entries,
    lost: [...labels.lost, ...annotations.lost],
    spec: envelopeSpec(row, item, name, generation),
  };
}

function envelopeSpec(row: Kind, item: Item, name: string, generation: Generation): Record<string, unknown> {
  const spec = { ...(item.spec as Record<string, unknown>) };
  if (row.wire.is === 'envelope' && row.wire.mark === 'description' && typeof spec.description === 'string') {
    const own = authored(spec.description);
    if (own === undefined) delete spec.description;
    else spec.description = own;
  }
  const state = partOf(item, 'status', 'state');
  // Only `status.state` is true of a deployment; the spec repeats what was sent, also where it was ignored.
  if (typeof state === 'string' && row.ignoresDeploymentState !== true) {
    const isSaid = spec.deploymentState !== undefined;
    if (isSaid || state === 'undeployed')
      spec.deploymentState = state === 'undeployed' ? state : truly(spec.deploymentState);
  }
  const added = new Set(
    row.defaults
      .filter(({ generations }) => generations?.includes(generation) ?? true)
      .filter((field) => {
        const usual = field.value({ spec, name }) ?? field.usually;
        return usual !== undefined && isDeepStrictEqual(valueAt(spec, stepsOf(field.path)), usual);
      })
      .map(({ path }) => path),
  );
  const own = rewritten(spec, (_, steps) => (added.has(written(steps)) ? undefined : keep));
  return JSON.parse(JSON.stringify(own)) as Record<string, unknown>;
}

/** Gateways take any word for deployed but the one that says the opposite. */
function truly(said: unknown): unknown {
  return said === 'undeployed' ? 'deployed' : said;
}

const keyPattern =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** All annotations of an object together, in bytes: what Kubernetes takes. Some are left for its own. */
const mostBytes = 200 * 1024;

/** Labels or annotations that come from us again when a resource has them. What means something to us alone stays out. */
function carried(
  entries: unknown,
  what: 'label' | 'annotation',
): { readonly entries: Readonly<Record<string, string>>; readonly lost: readonly string[] } {
  const given = Object.entries((entries ?? {}) as Readonly<Record<string, string>>);
  const sent = travelling(Object.fromEntries(given));
  const kept: Record<string, string> = {};
  const lost: string[] = [];
  let bytes = 0;
  for (const [key, value] of given.toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    if (isTrace(key)) continue;
    const named = `${what} ${JSON.stringify(key)}`;
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
    if (!keyPattern.test(key)) lost.push(`${named}: Kubernetes takes no such key`);
    else if (what === 'label' && !labelValue.test(value))
      lost.push(`${named}: Kubernetes takes no such value`);
    else if (what === 'annotation' && bytes > mostBytes)
      lost.push(`${named}: Kubernetes takes no more than 256 KiB of annotations`);
    else if (sent[key] === undefined) lost.push(`${named}: it is not sent to gateways`);
    else kept[key] = value;
  }
  return { entries: kept, lost };
}

function isTrace(key: string): boolean {
  return key === markAnnotation || key === inUseLabel || key === lastApplied || isPlatformBookkeeping(key);
}
