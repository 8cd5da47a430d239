import { isDeepStrictEqual as same } from 'node:util';
import { schemaNarrowings } from './compare-schemas.ts';
import { inside, type Narrowing } from './narrowing.ts';
import type { Schema } from './schema.ts';

export interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly conversion?: unknown;
    readonly versions: readonly Version[];
  };
}

interface Version {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema: { readonly openAPIV3Schema: Schema };
  readonly subresources?: Readonly<Record<string, unknown>>;
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

/** What a released CRD accepted and kept, and its successor does not. Printer columns are for people and may go. */
export function crdNarrowings(before: Definition, after: Definition): readonly Narrowing[] {
  const found: Narrowing[] = [];
  const fixed = (pointer: string, was: unknown, is: unknown) => {
    if (!same(was, is))
      found.push({ pointer, says: `is ${text(is)}, was ${text(was)}: it can not be changed` });
  };
  fixed('/spec/group', before.spec.group, after.spec.group);
  fixed('/spec/scope', before.spec.scope, after.spec.scope);
  fixed('/spec/names/kind', before.spec.names.kind, after.spec.names.kind);
  fixed('/spec/names/plural', before.spec.names.plural, after.spec.names.plural);
  fixed('/spec/conversion', before.spec.conversion, after.spec.conversion);
  before.spec.versions.forEach((was, index) => {
    const at = after.spec.versions.findIndex(({ name }) => name === was.name);
    const is = after.spec.versions[at];
    if (is === undefined) {
      found.push({ pointer: inside('/spec/versions', index), says: `version ${was.name} is gone` });
    } else found.push(...versionNarrowings(was, is, inside('/spec/versions', at)));
  });
  return found;
}

function versionNarrowings(before: Version, after: Version, pointer: string): readonly Narrowing[] {
  const found: Narrowing[] = [];
  const report = (says: string, ...at: readonly string[]) =>
    void found.push({ pointer: inside(pointer, ...at), says });
  if (before.served && !after.served) report(`version ${after.name} is not served any more`, 'served');
  if (before.storage !== after.storage)
    report(
      `version ${after.name} is ${after.storage ? 'the stored one' : 'not the stored one any more'}`,
      'storage',
    );
  for (const name of Object.keys(before.subresources ?? {}))
    if (after.subresources?.[name] === undefined) report(`subresource ${name} is gone`, 'subresources', name);
  for (const { jsonPath } of before.selectableFields ?? [])
    if (after.selectableFields?.some((field) => field.jsonPath === jsonPath) !== true)
      report(`${jsonPath} can not be selected by any more`, 'selectableFields');
  const at = inside(pointer, 'schema', 'openAPIV3Schema');
  found.push(...schemaNarrowings(before.schema.openAPIV3Schema, after.schema.openAPIV3Schema, at));
  return found;
}

function text(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
