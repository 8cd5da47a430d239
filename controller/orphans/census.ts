import type { KindTable } from '../../src/model/kind-table.ts';
import type { Owner } from '../../src/model/mark.ts';
import type { Entry } from './entry.ts';

/**
 * Whose an entry is: a resource stands for it (`ours`), the gateway ships with it, nobody that we know of answers for it
 * (`unmanaged`), or it bears our mark and its resource exists no more (`orphaned`).
 */
export type Belonging = 'ours' | 'builtIn' | 'unmanaged' | 'orphaned';

export interface CensusView {
  /** The uid of the namespace kube-system: marks of other clusters are nothing to us. */
  readonly cluster: string;
  readonly table: Pick<KindTable, 'find'>;
  /** Whether the status of a resource says that it stands there. */
  isClaimed(entry: Entry): boolean;
  hasResource(owner: Owner): boolean;
  /** Whether all resources of a namespace are known; of others nobody can say that one exists no more. */
  sees(namespace: string): boolean;
  /** Whether it was left there on purpose when its resource was deleted. */
  wasLeft(owner: Owner): boolean;
}

/** The names that the API server lets resources and namespaces have. */
const kubeName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

export function belongingOf(entry: Entry, view: CensusView): Belonging {
  const { place, id, owner } = entry;
  if (view.isClaimed(entry)) return 'ours';
  if (owner === undefined) return place.row.builtIn?.includes(id) === true ? 'builtIn' : 'unmanaged';
  if (owner.cluster !== view.cluster || !fits(entry, owner, view) || view.wasLeft(owner)) return 'unmanaged';
  if (view.hasResource(owner)) return 'ours';
  return view.sees(owner.namespace) ? 'orphaned' : 'unmanaged';
}

/**
 * Whether a mark can be one that we put there. People copy what they read, marks included: a copy stands under another
 * handle, or in another collection.
 */
function fits({ place: { row }, id }: Entry, owner: Owner, { table }: CensusView): boolean {
  if (!kubeName.test(owner.name) || !kubeName.test(owner.namespace)) return false;
  if (table.find(owner.kind)?.collection.path !== row.collection.path) return false;
  return row.identity.is === 'assigned' || owner.name === id;
}
