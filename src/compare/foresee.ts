import { isDeepStrictEqual } from 'node:util';
import type { Annotated } from '../model/annotated.ts';
import { annotation } from '../model/annotations.ts';
import { generations, type Generation } from '../model/generation.ts';
import type { Kind } from '../model/kind.ts';
import { stepsOf, valueAt, written, type Step } from '../model/path.ts';
import type { Resource } from '../model/resource.ts';
import { mayBeThere } from '../model/standing.ts';
import type { BindingStatus, ResourceStatus } from '../model/status.ts';
import { gatewayKey, type KnownGateway } from '../selection/gateways.ts';
import { policiesOf } from './asked-for.ts';
import { comparable, type Comparable, type ValueOf } from './comparable.ts';
import { compare, withoutUnknown } from './compare.ts';

/** A field that changes. `before` and `after` are fit to be shown; undefined where there is none. */
export interface Change {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  /** Whether something changes that is not shown. */
  readonly sensitive: boolean;
}

/** What becomes of one resource at one gateway. */
export type Foreseen = {
  readonly namespace: string;
  readonly name: string;
  /** What keeps it from happening now, as completes "…, but …". */
  readonly held?: string;
} & (
  | { readonly is: 'create' | 'remove' | 'leave' | 'same' }
  /** `anew`: what stands there is deleted for it. */
  | { readonly is: 'change'; readonly anew: boolean; readonly changes: readonly Change[] }
  /** The gateway would not take it, or can't be made to hold it. */
  | { readonly is: 'refuse'; readonly why: string; readonly changes: readonly Change[] }
);

export interface Foresight {
  readonly row: Kind;
  /** As it is to be stored; its spec has passed the schema. Undefined: it is to be deleted. */
  readonly object: Resource | undefined;
  /** As it is stored, with its status, which says where it stands. */
  readonly old: Resource | undefined;
  readonly namespace: Annotated | undefined;
  /** Those that take the object. */
  readonly selected: readonly KnownGateway[];
  /** All that there are. What stands at others is neither waited for nor removed. */
  readonly gateways: readonly KnownGateway[];
  /** Whether a spec has passed the schema: one that has not was never sent. */
  isSound(spec: unknown): boolean;
  readonly valueBefore?: ValueOf;
  readonly valueAfter?: ValueOf;
}

/**
 * What the controller would do at each gateway if an object were stored as it is here, as far as Kubernetes tells: what
 * somebody else did at a gateway shows only there. In the order of the gateways' names.
 */
export function foresee(foresight: Foresight): readonly Foreseen[] {
  const { old, selected, gateways } = foresight;
  const standing = new Map(entriesOf(old).map((entry) => [gatewayKey(entry), entry]));
  const wanted = new Map(selected.map((gateway) => [gatewayKey(gateway), gateway]));
  const former = gateways.filter((gateway) => !wanted.has(gatewayKey(gateway)));
  const foreseen = [
    ...selected.map((gateway) => arriving(foresight, gateway, standing.get(gatewayKey(gateway)))),
    ...former.flatMap((gateway) => {
      const entry = standing.get(gatewayKey(gateway));
      return entry !== undefined && mayBeThere(entry) ? [leaving(foresight, gateway)] : [];
    }),
  ];
  return foreseen.toSorted((one, other) => gatewayKey(one).localeCompare(gatewayKey(other)));
}

/** Whether anything at all would be different at a gateway, now or as soon as nothing holds it any more. */
export function changesSomething({ is }: Foreseen): boolean {
  return is === 'create' || is === 'change' || is === 'remove';
}

function entriesOf(resource: Resource | undefined): readonly BindingStatus[] {
  return (resource?.status as ResourceStatus | undefined)?.gateways ?? [];
}

function leaving({ object, old, namespace }: Foresight, gateway: KnownGateway): Foreseen {
  const place = placeOf(gateway);
  const asked = policiesOf(object ?? old ?? unannotated, namespace, {
    metadata: { annotations: gateway.annotations ?? {} },
  });
  if (object === undefined && asked.deletion === 'Orphan') return { ...place, is: 'leave' };
  return { ...place, ...holding(asked.mode), is: 'remove' };
}

const unannotated: Annotated = { metadata: {} };

function arriving(foresight: Foresight, gateway: KnownGateway, entry: BindingStatus | undefined): Foreseen {
  const { row, object, old, namespace } = foresight;
  const place = placeOf(gateway);
  if (object === undefined) return { ...place, is: 'same' };
  const { generation } = gateway;
  if (generation !== undefined && !row.collection.generations.includes(generation)) {
    const why = `it speaks management API ${generation}, which has no ${row.collection.path.slice(1)}`;
    return { ...place, is: 'refuse', why, changes: [] };
  }
  const asked = policiesOf(object, namespace, { metadata: { annotations: gateway.annotations ?? {} } });
  const held = holding(asked.mode);
  if (old === undefined || entry === undefined || !mayBeThere(entry) || !foresight.isSound(old.spec))
    return { ...place, ...held, is: 'create' };
  const changes = changesBetween({ ...foresight, object, old }, generation ?? newest);
  if (changes.length === 0) return { ...place, is: 'same' };
  const fixed = fixedAmong(row, changes);
  if (fixed.length > 0 && !asked.recreate) {
    const why = `${fixed.join(', ')} can't be changed there without ${annotation.allowRecreate}: "true"`;
    return { ...place, ...held, is: 'refuse', why, changes };
  }
  return { ...place, ...held, is: 'change', anew: fixed.length > 0 || row.update.by === 'recreate', changes };
}

/** What is looked at where nobody knows which generation a gateway speaks. */
const newest: Generation = generations.at(-1) ?? 'v1';

function placeOf({ namespace, name }: KnownGateway) {
  return { namespace, name };
}

function holding(mode: 'Active' | 'Observe' | 'Paused'): { readonly held?: string } {
  return mode === 'Active' ? {} : { held: `the annotation reconcile says ${mode}` };
}

/** The fields that only a new creation at the gateway changes. */
function fixedAmong(row: Kind, changes: readonly Change[]): readonly string[] {
  if (row.update.by !== 'fields') return [];
  const { fields } = row.update;
  const paths = changes.map(({ path }) => path);
  return paths.filter((path) => !fields.some((field) => path === `spec.${field}`));
}

type Both = Foresight & { readonly object: Resource; readonly old: Resource };

function changesBetween(both: Both, generation: Generation): readonly Change[] {
  const { row, object, old, valueBefore = unknownValue, valueAfter = unknownValue } = both;
  const before = comparable(row, old, generation, valueBefore);
  const after = comparable(row, { ...object, status: old.status }, generation, valueAfter);
  // What stands there is taken for what was sent, so that the comparison judges as it does of what a gateway returns.
  if (row.wire.is === 'envelope') {
    const view = { generation, from: 'get' } as const;
    const item = { ...before.document, spec: withoutUnknown(row, before.document.spec, generation) };
    const { differences } = compare(row, after.document, item, view);
    return differences.map((path) => changeAt(path, before, after));
  }
  if (isDeepStrictEqual(plain(before.document), plain(after.document))) return [];
  const paths = flatPaths(before, after);
  // What is not of the spec can't be shown; what is hidden shows the same on both sides.
  return (paths.length === 0 ? ['spec'] : paths).map((path) => changeAt(path, before, after));
}

const unknownValue = () => undefined;

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** A flat document is made of the spec's fields, under the same names wherever a gateway keeps them. */
function flatPaths(before: Comparable, after: Comparable): readonly string[] {
  const shown = (side: Comparable) =>
    (side.shown as { readonly spec: Readonly<Record<string, unknown>> }).spec;
  const fields = new Set(
    [before.shown, after.shown].flatMap((side) => Object.keys((side as { spec: object }).spec)),
  );
  const differs = (field: string) =>
    !isDeepStrictEqual(shown(before)[field], shown(after)[field]) ||
    !isDeepStrictEqual(before.document[field], after.document[field]);
  return [...fields].filter(differs).map((field) => `spec.${written([field])}`);
}

function changeAt(path: string, before: Comparable, after: Comparable): Change {
  const steps: readonly Step[] = stepsOf(path);
  const [was, is] = [valueAt(before.shown, steps), valueAt(after.shown, steps)];
  return { path, before: was, after: is, sensitive: isDeepStrictEqual(was, is) };
}
