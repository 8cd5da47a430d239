import type { Document } from '../model/document.ts';
import { itemId, itemOwner, itemUpdatedAt, type Item } from '../model/item.ts';
import type { Kind } from '../model/kind.ts';
import { markOf, type Owner } from '../model/mark.ts';
import { lastApplied } from '../model/platform-operator.ts';
import { compare, metadataPath, type View } from './compare.ts';

/** What a gateway should hold. */
export interface Wanted {
  readonly document: Document;
  readonly mark: string;
  readonly fingerprint: string;
  /** The natural key, for kinds whose ids are assigned. */
  readonly key?: string | undefined;
  /** Whether the gateway copies other resources' secrets into it at each write. */
  readonly renders: boolean;
}

/** What is remembered of the last write. */
export interface Standing {
  readonly id?: string | undefined;
  readonly fingerprint?: string | undefined;
  /** The gateway's own `updatedAt` after it, where something is hidden. */
  readonly remoteUpdatedAt?: string | undefined;
  /** Paths that the gateway took and did not keep. */
  readonly unkept?: readonly string[] | undefined;
}

export type AdoptionPolicy = 'IfEqual' | 'IfUnowned' | 'Never' | 'Always';

/** The least change that makes a gateway hold what is wanted. */
export type Plan =
  | { readonly is: 'create' }
  | { readonly is: 'same'; readonly adopts: boolean; readonly hidden: boolean }
  | {
      readonly is: 'change';
      readonly by: 'put' | 'post' | 'recreate' | 'fields';
      readonly differences: readonly string[];
    }
  /** Somebody else's: never written. `by` is undefined where it bears no mark. */
  | { readonly is: 'taken'; readonly by: Owner | undefined; readonly differences: readonly string[] };

export interface PlanInput {
  readonly row: Kind;
  readonly wanted: Wanted;
  readonly standing: Standing | undefined;
  readonly item: Item | undefined;
  readonly adoption: AdoptionPolicy;
  readonly view: View;
  /** Whether a mark of somebody else may be overridden: its owner is known to exist no more. */
  mayOverride(owner: Owner): boolean;
}

/** What a difference that nobody can see is called. */
const credential = 'credential';

/** What the platform's operator sent along is nothing that anybody asked for: it goes with the PUT that takes over. */
const sentAlong = metadataPath('annotations', lastApplied);

export function plan(input: PlanInput): Plan {
  const { row, wanted, item, standing, adoption } = input;
  if (item === undefined) return { is: 'create' };
  const owner = itemOwner(row, item);
  const { differences, hidden } = judge(input, item);
  if (owner !== undefined && markOf(owner) !== wanted.mark) {
    return adoption === 'Always' && input.mayOverride(owner)
      ? change(input, ['metadata'])
      : { is: 'taken', by: owner, differences };
  }
  const ours = owner !== undefined || isRemembered(row, wanted, standing, item);
  if (!ours && !mayAdopt(adoption, differences)) return { is: 'taken', by: undefined, differences };
  return differences.length === 0 ? { is: 'same', adopts: !ours, hidden } : change(input, differences);
}

/** Unmarked, but it is what we wrote: by the id that we remember, or by a key that holds owner and content. */
function isRemembered(row: Kind, wanted: Wanted, standing: Standing | undefined, item: Item): boolean {
  if (row.identity.is !== 'assigned') return standing?.fingerprint !== undefined;
  if (row.update.by === 'recreate' && row.identity.keyOf(item) === wanted.key) return true;
  return standing?.id !== undefined && standing.id === itemId(row, item);
}

function mayAdopt(adoption: AdoptionPolicy, differences: readonly string[]): boolean {
  switch (adoption) {
    case 'Never':
      return false;
    case 'IfEqual':
      return differences.every((path) => path === credential || path === sentAlong);
    case 'IfUnowned':
    case 'Always':
      return true;
  }
}

function judge(input: PlanInput, item: Item): { differences: readonly string[]; hidden: boolean } {
  const { row, wanted, standing, view } = input;
  // The key of what can only be made anew holds its content.
  if (row.update.by === 'recreate' && row.identity.is === 'assigned') {
    const isSame = row.identity.keyOf(item) === wanted.key;
    return { differences: isSame ? [] : ['spec'], hidden: false };
  }
  const seen = compare(row, wanted.document, item, view);
  const kept = seen.differences.filter((path) => !(standing?.unkept?.includes(path) ?? false));
  const blind = seen.hidden || wanted.renders;
  const differences =
    kept.length === 0 && blind && !isUntouched(input, item, seen.hidden) ? [credential] : kept;
  return { differences, hidden: seen.hidden };
}

/** Of what can't be seen: it is what we sent, and nobody has written it since. */
function isUntouched({ row, wanted, standing }: PlanInput, item: Item, hidden: boolean): boolean {
  if (standing?.fingerprint === undefined) {
    // Found again after an answer was lost. What only a new creation could change is taken as it was sent.
    return row.update.by === 'fields';
  }
  if (standing.fingerprint !== wanted.fingerprint) return false;
  const updatedAt = itemUpdatedAt(item);
  if (!hidden || row.update.by === 'fields') return true;
  return (
    standing.remoteUpdatedAt === undefined ||
    updatedAt === undefined ||
    updatedAt === standing.remoteUpdatedAt
  );
}

function change({ row, wanted, standing }: PlanInput, differences: readonly string[]): Plan {
  const isFixed = standing?.fingerprint !== undefined && standing.fingerprint !== wanted.fingerprint;
  const by = row.update.by === 'fields' && isFixed ? 'recreate' : row.update.by;
  return { is: 'change', by, differences };
}
