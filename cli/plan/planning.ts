import { gatherKeys, type Holders } from '../../src/checks/gather.ts';
import { sentencesOf } from '../../src/checks/refusal.ts';
import type { ValueOf } from '../../src/compare/comparable.ts';
import { changesSomething, foresee, type Foreseen } from '../../src/compare/foresee.ts';
import type { Kind } from '../../src/model/kind.ts';
import { titled, type Resource } from '../../src/model/resource.ts';
import { sourcesOf } from '../../src/model/spec-secrets.ts';
import { gatewayKey, selectedBy, type KnownGateway } from '../../src/selection/gateways.ts';
import type { Bench } from '../validate/bench.ts';
import type { Judgement } from '../validate/judge.ts';
import type { Sorted } from '../validate/sort.ts';
import { applied } from './applied.ts';
import type { Planned } from './planned.ts';

export interface Planning {
  readonly files: Sorted;
  /** As it is. */
  readonly before: Bench;
  /** As it will be once the files are applied. */
  readonly after: Bench;
  readonly judgements: readonly Judgement[];
  /** Whether a stored resource that is in no file is to be deleted. */
  isPruned(resource: Resource): boolean;
}

/** What applying the files would do, resource by resource: those of the files, then those that they have an effect on. */
export async function planned(planning: Planning): Promise<readonly Planned[]> {
  const { files, before } = planning;
  // What is applied last is what counts.
  const given = new Map(files.resources.map((found) => [titled(found.object), found]));
  const ofFiles: Planned[] = [];
  for (const [title, { row, object }] of given) {
    const said = planning.judgements
      .filter((judgement) => judgement.title === title)
      .flatMap((one) => one.said);
    const refusals = sentencesOf(said, 'deny');
    const stored = before.storedOf(object);
    const next = applied(object, stored);
    ofFiles.push({
      resource: next,
      because: 'file',
      refusals,
      warnings: sentencesOf(said, 'warn'),
      foreseen: refusals.length > 0 ? [] : await foreseenOf(row, next, stored, planning),
    });
  }
  return [...ofFiles, ...(await others(planning, new Set(given.keys())))];
}

/** Those that are in no file: what is pruned, and what a gateway or a Secret of the files has an effect on. */
async function others(planning: Planning, given: ReadonlySet<string>): Promise<readonly Planned[]> {
  const { files, before } = planning;
  const reaches = files.gateways.length > 0 || files.holders.length > 0 || files.namespaces.length > 0;
  const found: Planned[] = [];
  for (const resource of before.surroundings.resources) {
    const row = before.table.find(resource.kind);
    if (row === undefined || given.has(titled(resource)) || resource.metadata.deletionTimestamp !== undefined)
      continue;
    const common = { resource, refusals: [], warnings: [] };
    if (planning.isPruned(resource))
      found.push({
        ...common,
        because: 'pruned',
        foreseen: await foreseenOf(row, undefined, resource, planning),
      });
    else if (reaches) {
      const was = new Set(selected(resource, before).map(gatewayKey));
      const isNews = (one: Foreseen) =>
        one.is === 'change' || (one.is === 'create' ? !was.has(gatewayKey(one)) : was.has(gatewayKey(one)));
      const all = await foreseenOf(row, resource, resource, planning);
      const foreseen = all.filter((one) => changesSomething(one) && isNews(one));
      if (foreseen.length > 0) found.push({ ...common, because: 'affected', foreseen });
    }
  }
  return found;
}

async function foreseenOf(
  row: Kind,
  object: Resource | undefined,
  old: Resource | undefined,
  { before, after }: Planning,
): Promise<readonly Foreseen[]> {
  const subject = object ?? old;
  if (subject === undefined) return [];
  const isSound = (spec: unknown) => after.schemas.check(row, spec).spec !== undefined;
  if (object !== undefined && !isSound(object.spec)) return [];
  const { namespace } = subject.metadata;
  return foresee({
    row,
    object,
    old,
    namespace: { metadata: { annotations: after.view.annotationsOf(namespace) } },
    selected: object === undefined ? [] : selected(object, after),
    gateways: gatewaysOf(after),
    isSound,
    valueBefore: await valuesOf(row, old, before.holders),
    valueAfter: await valuesOf(row, object, after.holders),
  });
}

function selected(resource: Resource, bench: Bench): readonly KnownGateway[] {
  return selectedBy(gatewaysOf(bench), resource);
}

/** Where none is known one is assumed for judging; nothing would be sent to that. */
function gatewaysOf({ view }: Bench): readonly KnownGateway[] {
  return view.isAssumed ? [] : view.gateways();
}

/** The values that a spec names, as far as the person may read them. They are compared, and shown to nobody. */
async function valuesOf(row: Kind, resource: Resource | undefined, holders: Holders): Promise<ValueOf> {
  if (resource === undefined) return () => undefined;
  const keys = await gatherKeys(sourcesOf(row, resource.spec), resource.metadata.namespace, holders);
  const values = new Map(keys.map(({ path, value }) => [path, value]));
  return ({ path }) => values.get(path);
}
