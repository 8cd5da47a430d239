import { pathOf } from '../../src/gateway/management-client.ts';
import type { SchemaCheck } from '../../src/model/checked.ts';
import { callsOf } from '../../src/model/expression.ts';
import { partOf } from '../../src/model/item.ts';
import type { KindTable } from '../../src/model/kind-table.ts';
import { walk } from '../../src/model/path.ts';
import { referencesOf } from '../../src/model/references.ts';
import type { Entry } from './entry.ts';

interface View {
  readonly table: KindTable;
  readonly schemas: Pick<SchemaCheck, 'check'>;
}

/** The first of the entries that still needs an item: it stands below it, or names it. Undefined: none. */
export function userOf(item: Entry, entries: Iterable<Entry>, view: View): Entry | undefined {
  const path = pathOf(item.place.row, item.id);
  const kinds = new Set(view.table.sharing(item.place.row).map(({ kind }) => kind));
  for (const entry of entries) {
    if (entry === item) continue;
    if (entry.place.parent === path || names(entry, item.id, kinds, view)) return entry;
  }
  return undefined;
}

/** Whether a document names an instance of one of the kinds. One that we can't read is believed to name whatever it says. */
function names(entry: Entry, id: string, kinds: ReadonlySet<string>, view: View): boolean {
  const { row } = entry.place;
  // What the gateway does not render is a value and names nothing; flat kinds belong to what they name.
  if (row.wire.is !== 'envelope' || !row.wire.templated) return false;
  const found = partOf(entry.item(), 'spec');
  const { spec } = view.schemas.check(row, found);
  if (spec === undefined) return mentions(found, id);
  return referencesOf(row, spec).some(
    (reference) => reference.name === id && reference.kinds.some((kind) => kinds.has(kind)),
  );
}

function mentions(spec: unknown, id: string): boolean {
  let found = callsOf(spec).some(({ argument }) => argument === id);
  walk(spec, (value) => {
    found ||= value === id;
    return true;
  });
  return found;
}
