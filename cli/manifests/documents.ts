import { LineCounter, parseAllDocuments, type Document, type ScalarTag, type Tags } from 'yaml';
import type { Step } from '../../src/model/path.ts';
import { placeIn, type Position } from './position.ts';
import type { Source, Trouble } from './read-files.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Whether YES and off are words for true and false (kubectl), or texts (YAML 1.2, and so OpenAPI). */
export type Reading = 'as kubectl' | 'as YAML 1.2';

/** One object of a file: a document of it, or an item of a List in one. */
export interface ManifestDocument {
  readonly file: string;
  readonly isNamed: boolean;
  readonly value: Json;
  /** Where a part of it stands, or else the nearest thing around it that is there. */
  at(steps: readonly Step[]): Position;
}

/** Every object in a file. One document that is wrong leaves the others as they are. */
export function documentsIn(
  { file, text, isNamed }: Source,
  { reads = 'as kubectl' }: { readonly reads?: Reading } = {},
): {
  readonly documents: readonly ManifestDocument[];
  readonly troubles: readonly Trouble[];
} {
  const lines = new LineCounter();
  const documents: ManifestDocument[] = [];
  const troubles: Trouble[] = [];
  const trouble = (offset: number, message: string) => {
    const { line, col } = lines.linePos(offset);
    troubles.push({ file, line: Math.max(line, 1), column: Math.max(col, 1), message });
  };
  for (const parsed of parsedOf(text, lines, reads)) {
    if (parsed instanceof Error) {
      trouble(0, parsed.message);
      continue;
    }
    const [error] = parsed.errors;
    if (error !== undefined) {
      trouble(error.pos[0], `is no valid YAML: ${plain(error.message)}`);
      continue;
    }
    const value = valueOf(parsed);
    const start = startOf(parsed);
    if (value instanceof Error) trouble(start, value.message);
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const at = (steps: readonly Step[]) => placeIn(parsed, steps, lines);
      documents.push(...objectsIn({ file, isNamed, value: value as Json, at }));
    } else if (value !== null && isNamed) trouble(start, 'is no object with apiVersion and kind');
  }
  return { documents, troubles };
}

/** An empty document has no contents, whatever its type says. */
function startOf({ contents }: { readonly contents: Document['contents'] }): number {
  return contents?.range?.[0] ?? 0;
}

/** What nests without end runs the parser out of stack. */
function parsedOf(
  text: string,
  lineCounter: LineCounter,
  reads: Reading,
): readonly (Document.Parsed | Error)[] {
  try {
    const parsed = parseAllDocuments(text, {
      lineCounter,
      prettyErrors: false,
      merge: true,
      ...(reads === 'as kubectl' ? { customTags: asKubectl } : {}),
    });
    return 'empty' in parsed ? [] : parsed;
  } catch (error) {
    return [
      new Error(
        error instanceof RangeError ? 'has too many levels of objects and lists' : plain(String(error)),
      ),
    ];
  }
}

function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (error instanceof RangeError) return new Error('has too many levels of objects and lists');
    // The parser allows an anchor to be repeated a hundred times over: more is an attack, or a mistake.
    return new Error(
      `has aliases that repeat too much of it: ${plain(error instanceof Error ? error.message : String(error))}`,
    );
  }
}

/** The items of a List stand for themselves. */
function objectsIn(document: ManifestDocument): readonly ManifestDocument[] {
  const { kind, items } = document.value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [document];
  return items.flatMap((item: unknown, index) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? objectsIn({
          ...document,
          value: item as Json,
          at: (steps) => document.at(['items', index, ...steps]),
        })
      : [],
  );
}

/** kubectl reads YAML 1.1's words for true and false, which YAML 1.2 takes for texts. */
const truths = /^(?:[yY]|[yY]es|YES|[tT]rue|TRUE|[oO]n|ON|[nN]|[nN]o|NO|[fF]alse|FALSE|[oO]ff|OFF)$/;

const asKubectl = (tags: Tags): Tags => [
  {
    identify: (value) => typeof value === 'boolean',
    default: true,
    tag: 'tag:yaml.org,2002:bool',
    test: truths,
    resolve: (text) => /^(?:y|t|on)/i.test(text),
  } satisfies ScalarTag,
  ...tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:bool'),
];

function plain(message: string): string {
  return message
    .replace(/\s+/g, ' ')
    .replace(/^\w*Error: /, '')
    .trim();
}
