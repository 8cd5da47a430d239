import type { Document } from '../model/document.ts';
import { itemId, itemOwner, itemUpdatedAt, type Item } from '../model/item.ts';
import type { Kind } from '../model/kind.ts';
import { markOf, type Owner } from '../model/mark.ts';
import { lastApplied } from '../model/platform-operator.ts';
import { compare, compareFields, metadataPath, type View } from './compare.ts';

/** What a gateway should hold. */
export interface Wanted {
  readonly document: Document;
  readonly mark: string;
  readonly fingerprint: string;
  /** A digest of each field that only a new creation changes, for kinds that have such. */
  readonly fixed?: Readonly<Record<string, string>> | undefined;
  /** The natural key, for kinds whose ids are assigned. */
  readonly key?: string | undefined;
  /** Whether the gateway copies other resources' secrets into it at each write. */
  readonly renders: boolean;
}

/** What is remembered of the last write. */
export interface Standing {
  readonly id?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly fixed?: Readonly<Record<string, string>> | undefined;
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
  /** Only a new creation can change `fields`; `differences` are what else differs, and can be changed. */
  | { readonly is: 'fixed'; readonly fields: readonly string[]; readonly differences: readonly string[] }
  /** Somebody else's: never written. `by` is undefined where it bears no mark. */
  | { readonly is: 'taken'; readonly by: Owner | undefined; readonly differences: readonly string[] };

export interface PlanInput {
  readonly row: Kind;
  readonly wanted: Wanted;
  readonly standing: Standing | undefined;
  readonly item: Item | undefined;
  /** Whether we wrote it there at some time, or may have: the answer to a write was lost, or it vanished since. */
  readonly mayHaveWritten: boolean;
  /** Whether the item was found by its key, below another instance of what it is removed with. */
  readonly elsewhere?: boolean;
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
  const { row, wanted, item, adoption } = input;
  if (item === undefined) return { is: 'create' };
  const owner = itemOwner(row, item);
  const { differences, hidden } = judge(input, item);
  if (owner !== undefined && markOf(owner) !== wanted.mark) {
    return adoption === 'Always' && input.mayOverride(owner)
      ? change(input, ['metadata'])
      : { is: 'taken', by: owner, differences };
  }
  const ours = owner !== undefined || isRemembered(input, item);
  if (!ours && !mayAdopt(adoption, differences)) return { is: 'taken', by: undefined, differences };
  const fields = fixedChanges(input, item);
  if (fields.length > 0) return { is: 'fixed', fields, differences };
  return differences.length === 0 ? { is: 'same', adopts: !ours, hidden } : change(input, differences);
}

/**
 * Unmarked, but it is what we wrote: by the id that we remember, or by a key that holds owner and content. What can bear
 * no mark and has a key that is unique there is ours wherever we wrote it before: a gateway that was wiped gives another
 * id to what is created again, and whoever created it may have been killed before he wrote that id down.
 */
function isRemembered({ row, wanted, standing, mayHaveWritten }: PlanInput, item: Item): boolean {
  if (row.identity.is !== 'assigned') return standing?.fingerprint !== undefined;
  if (row.update.by === 'recreate' && row.identity.keyOf(item) === wanted.key) return true;
  if (bearsNoMark(row) && mayHaveWritten) return true;
  return standing?.id !== undefined && standing.id === itemId(row, item);
}

/** Whether what a kind has at a gateway is known by its key alone. */
export function bearsNoMark({ identity, update }: Kind): boolean {
  return identity.is === 'assigned' && update.by === 'put';
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
  if (row.update.by === 'fields') return compare(row, wanted.document, item, view);
  const seen = compare(row, wanted.document, item, view);
  const kept = seen.differences.filter((path) => !(standing?.unkept?.includes(path) ?? false));
  const blind = seen.hidden || wanted.renders;
  const differences =
    kept.length === 0 && blind && !isUntouched(input, item, seen.hidden) ? [credential] : kept;
  return { differences, hidden: seen.hidden };
}

/** Of what can't be seen: it is what we sent, and nobody has written it since. */
function isUntouched({ wanted, standing }: PlanInput, item: Item, hidden: boolean): boolean {
  if (standing?.fingerprint === undefined || standing.fingerprint !== wanted.fingerprint) return false;
  const updatedAt = itemUpdatedAt(item);
  if (!hidden) return true;
  return (
    standing.remoteUpdatedAt === undefined ||
    updatedAt === undefined ||
    updatedAt === standing.remoteUpdatedAt
  );
}

function change({ row }: PlanInput, differences: readonly string[]): Plan {
  return { is: 'change', by: row.update.by, differences };
}

/**
 * The fields that only a new creation can bring to what is wanted. Of what we wrote we remember digests; what was found
 * again after an answer was lost is judged by what it shows, and its secrets are taken for what was sent.
 */
function fixedChanges(input: PlanInput, item: Item): readonly string[] {
  const { row, wanted, standing } = input;
  if (row.update.by !== 'fields') return [];
  const known = standing?.id === itemId(row, item) ? standing?.fixed : undefined;
  if (known === undefined) {
    const place = input.elsewhere === true ? row.removedWith?.parameter : undefined;
    return [...(place === undefined ? [] : [place]), ...shownChanges(row, wanted, item)];
  }
  const { fixed = {} } = wanted;
  return Object.keys({ ...known, ...fixed }).filter((field) => known[field] !== fixed[field]);
}

/** Of the fields that only a new creation changes, those that a gateway shows as they were sent and that differ. */
export function shownChanges(
  row: Kind,
  { document }: Pick<Wanted, 'document'>,
  item: Item,
): readonly string[] {
  const changed = compareFields(row, document, item, row.immutable ?? []);
  // What it is removed with is shown by the gateway's own id.
  return changed.filter((field) => field !== row.removedWith?.parameter);
}
