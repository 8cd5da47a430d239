import type { SchemaCheck } from '../model/checked.ts';
import { sentence } from '../model/violation.ts';
import { described, missing, type Draft } from './draft.ts';
import type { Exported, Note } from './exported.ts';
import { faultsOf } from './faults.ts';
import type { Content } from './shown.ts';

/** What whoever applies it should know beforehand. */
export function notesOf(
  draft: Draft,
  exported: Exported | undefined,
  all: readonly Draft[],
  { generation }: Content,
  { now }: { readonly now: Date },
  { schemas }: { readonly schemas: SchemaCheck },
): readonly Note[] {
  const what = described(draft);
  const manifest = exported?.manifest ?? draft.manifest;
  const refused = [
    ...faultsOf(draft.row, manifest, { schemas, now, generation }).others.map(sentence),
    ...missing(draft, all)
      .filter(({ stood, reference }) => stood === undefined && reference.builtIn !== true)
      .map(
        ({ reference }) =>
          `${reference.path}: names ${reference.kinds.join(' or ')} ${reference.name}, which is not there`,
      ),
  ];
  const told = [
    ...draft.lost,
    ...(exported?.inClear ?? []).map(
      (path) => `spec.${path}: looks like a credential, and no Secret can stand for it there`,
    ),
  ];
  return [
    ...refused.map((text) => ({ what, text, isRefused: true })),
    ...told.map((text) => ({ what, text, isRefused: false })),
  ];
}
