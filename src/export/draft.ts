import { annotation } from '../model/annotations.ts';
import { group } from '../model/generation.ts';
import { itemId } from '../model/item.ts';
import type { Kind, Reference } from '../model/kind.ts';
import { referencesOf, satisfies } from '../model/references.ts';
import { titleOf, type Manifest } from './manifest.ts';
import type { NameOf } from './names.ts';
import { readBack } from './read-back.ts';
import type { Content, Shown } from './shown.ts';

export interface DraftOptions {
  /** Of every manifest; none where absent, so that whoever applies them decides. */
  readonly namespace: string | undefined;
  /** Stands on every manifest, for those who take over what the same gateway holds. */
  readonly adoption?: string | undefined;
}

/** A resource that may yet be left out. */
export interface Draft {
  readonly row: Kind;
  readonly shown: Shown;
  readonly name: string;
  readonly manifest: Manifest;
  readonly lost: readonly string[];
}

export function draftOf(shown: Shown, { generation }: Content, options: DraftOptions, nameOf: NameOf): Draft {
  const { row, item } = shown;
  const id = itemId(row, item) ?? '';
  const name = row.identity.is === 'assigned' ? (nameOf(row.kind, id) ?? id) : id;
  const { labels, annotations, spec, lost } = readBack(shown, name, generation, nameOf);
  const { namespace } = options;
  // Of kinds of which gateways ship with some, admission takes what it does not know for one of those.
  const adoption = options.adoption ?? (row.builtIn === undefined ? undefined : 'IfUnowned');
  const all =
    adoption === undefined ? annotations : { ...annotations, [annotation.adoptionPolicy]: adoption };
  const manifest = {
    apiVersion: `${group}/v1`,
    kind: row.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(Object.keys(all).length === 0 ? {} : { annotations: all }),
    },
    spec,
  };
  return { row, shown, name, manifest, lost };
}

/** What a resource can't do without, each with what stood for it at the gateway. */
export function missing(
  { row, manifest }: Draft,
  all: readonly Draft[],
): readonly { readonly reference: Reference; readonly stood: Draft | undefined }[] {
  return safely(() => referencesOf(row, manifest.spec))
    .filter(({ optional }) => optional !== true)
    .map((reference) => ({
      reference,
      stood: all.find((other) =>
        satisfies(reference, other.row, { name: other.name, spec: other.manifest.spec }),
      ),
    }));
}

/** Of a spec that its schema refuses nothing can be told. */
function safely<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof TypeError) return [];
    throw error;
  }
}

/** As `<kind> books`, with what it stands below. */
export function described(draft: Draft): string {
  const below = belonging(draft);
  return below === '' ? titleOf(draft.manifest) : `${titleOf(draft.manifest)} (${below})`;
}

export function belonging({ shown: { owner } }: Draft): string {
  return owner === undefined ? '' : `of ${owner.kind} ${owner.name}`;
}
