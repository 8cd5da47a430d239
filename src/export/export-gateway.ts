import type { SchemaCheck } from '../model/checked.ts';
import { itemId, itemOwner, itemUpdatedAt, partOf, type Item } from '../model/item.ts';
import type { KindTable } from '../model/kind-table.ts';
import type { Kind } from '../model/kind.ts';
import { draftOf, type Draft, type DraftOptions } from './draft.ts';
import type { Export, Exported } from './exported.ts';
import { inOrder } from './in-order.ts';
import { lifted } from './lift.ts';
import { titleOf, type Keeper } from './manifest.ts';
import { assignedNames, shortName } from './names.ts';
import { notesOf } from './notes.ts';
import type { Content, Shown } from './shown.ts';
import { sifted } from './sift.ts';

export interface ExportOptions extends DraftOptions {
  readonly now: Date;
}

export interface ExportSteps {
  readonly table: KindTable;
  readonly schemas: SchemaCheck;
}

/** What would have to be applied for a gateway to hold what this one holds; pure, and the same for the same content. */
export function exportGateway(content: Content, options: ExportOptions, steps: ExportSteps): Export {
  const { table } = steps;
  const nameOf = assignedNames(content.shown);
  const drafts = inOrder(
    content.shown.toSorted(byPlace).map((shown) => draftOf(shown, content, options, nameOf)),
    table,
  );
  const own = drafts.filter(({ row, shown }) => !isShipped(row, shown.item));
  const { kept, leftOut } = sifted(own, drafts, content, options, steps);
  const finished = kept.map((draft) => finish(draft, options));
  return {
    resources: finished.map(({ exported }) => exported),
    keepers: finished.flatMap(({ keeper }) => (keeper === undefined ? [] : [keeper])),
    leftOut,
    notes: kept.flatMap((draft, index) =>
      notesOf(draft, finished[index]?.exported, drafts, content, options, steps),
    ),
    shipped: drafts.length - own.length,
  };
}

/** How soon after its creation a gateway that starts has written what it ships with; measured: within 21 ms. */
const startMs = 1000;

/** Whether it came with the gateway and nobody has written it since. */
function isShipped({ builtIn = [], ...row }: Kind, item: Item): boolean {
  const id = itemId(row, item);
  if (id === undefined || !builtIn.includes(id) || itemOwner(row, item) !== undefined) return false;
  const createdAt = Date.parse(String(partOf(item, 'status', 'createdAt')));
  return Date.parse(itemUpdatedAt(item) ?? '') - createdAt < startMs;
}

function finish(
  { row, shown, manifest }: Draft,
  { namespace }: ExportOptions,
): { readonly exported: Exported; readonly keeper: Keeper | undefined } {
  const name = shortName(`${row.kind.toLowerCase()}-${manifest.metadata.name}`);
  const hidden = row.hidden?.(manifest.spec) ?? [];
  const given = { secret: name, hidden, hint: hintOf(shown) };
  const { spec, entries, inClear } = lifted(row, manifest.spec, given);
  return {
    exported: { row, manifest: { ...manifest, spec }, inClear },
    keeper: entries.length === 0 ? undefined : { name, namespace, of: titleOf(manifest), entries },
  };
}

/** What a gateway tells of a credential that it does not show. */
function hintOf({ row, item }: Shown): string | undefined {
  const shown = row.secrets.flatMap((path) => (typeof item[path] === 'string' ? [item[path]] : []));
  const told = ['subject', 'notAfter'].flatMap((field) =>
    typeof item[field] === 'string' ? [`${field} ${item[field]}`] : [],
  );
  const all = [...shown, ...told];
  return all.length === 0 ? undefined : all.join(', ');
}

/** Two of one name are told apart by where they stand, whatever the order of the gateway's lists. */
function byPlace(one: Shown, other: Shown): number {
  const key = ({ row, item, owner }: Shown) =>
    [row.kind, owner?.kind ?? '', owner?.name ?? '', itemId(row, item) ?? ''].join('/');
  return key(one) < key(other) ? -1 : 1;
}
