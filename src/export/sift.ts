import type { SchemaCheck } from '../model/checked.ts';
import { sentence } from '../model/violation.ts';
import { belonging, described, missing, type Draft } from './draft.ts';
import type { LeftOut } from './exported.ts';
import { faultsOf } from './faults.ts';
import { titleOf } from './manifest.ts';
import { nameFault } from './names.ts';
import type { Content, Shown } from './shown.ts';

/** Without what can't be a resource, and without what refers to that: it would never become ready. */
export function sifted(
  own: readonly Draft[],
  all: readonly Draft[],
  { generation }: Content,
  { now }: { readonly now: Date },
  { schemas }: { readonly schemas: SchemaCheck },
): { readonly kept: readonly Draft[]; readonly leftOut: readonly LeftOut[] } {
  const why = new Map<Draft, string>();
  const taken = new Map<string, Draft>();
  for (const draft of own) {
    const { row, shown, name, manifest } = draft;
    const fault = nameFault(name);
    const rival = taken.get(`${row.kind}/${name}`);
    const [ended] = faultsOf(row, manifest, { schemas, now, generation }).ended;
    if (fault !== undefined) why.set(draft, fault);
    else if (isOrphan(shown)) why.set(draft, 'what it belongs to is not there any more');
    else if (ended !== undefined) why.set(draft, sentence(ended));
    else if (rival !== undefined) why.set(draft, `another one of its name is there, ${belonging(rival)}`);
    else taken.set(`${row.kind}/${name}`, draft);
  }
  for (let before = -1; before !== why.size;) {
    before = why.size;
    for (const draft of own.filter((one) => !why.has(one))) {
      const gone = missing(draft, all).find(({ stood }) => stood !== undefined && why.has(stood));
      if (gone?.stood !== undefined)
        why.set(draft, `it needs ${titleOf(gone.stood.manifest)}, which is left out`);
    }
  }
  return {
    kept: own.filter((draft) => !why.has(draft)),
    leftOut: [...why].map(([draft, reason]) => ({ what: described(draft), why: reason })),
  };
}

function isOrphan({ row, owner }: Shown): boolean {
  return owner === undefined && (row.removedWith !== undefined || row.identity.is === 'nested');
}
