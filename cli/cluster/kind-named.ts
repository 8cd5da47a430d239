import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { table } from '../../src/kinds/table.ts';
import type { Kind } from '../../src/model/kind.ts';
import { didYouMean } from '../../src/model/nearest.ts';
import { group } from '../../src/model/generation.ts';
import { Exit, exitCode } from '../exit-code.ts';

interface Named {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
}

/** A row by whatever kubectl takes for it: its kind, singular, plural or short name, in any case, with the group or without. */
export function findRow(word: string): Kind | undefined {
  return table.rows.find((row) => isNamed(row, word));
}

export function isGatewayWord(word: string): boolean {
  return isNamed(gatewayKind, word);
}

/** @throws Exit where there is no such kind */
export function rowNamed(word: string): Kind {
  const row = findRow(word);
  if (row !== undefined) return row;
  if (isGatewayWord(word))
    throw new Exit(exitCode.usage, `${gatewayKind.kind} is not held by a gateway; --gateway names one`);
  const near = didYouMean(
    word,
    table.rows.flatMap((known) => wordsOf(known)),
  );
  const all = table.rows.map(({ plural }) => plural).join(', ');
  throw new Exit(
    exitCode.usage,
    `there is no kind ${JSON.stringify(word)}; ${near ?? `the kinds are ${all}`}`,
  );
}

function isNamed(named: Named, word: string): boolean {
  const short = word.toLowerCase().replace(`.${group}`, '');
  return wordsOf(named).includes(short);
}

function wordsOf({ kind, plural, shortNames }: Named): readonly string[] {
  return [plural, kind.toLowerCase(), ...shortNames];
}

/** A resource that somebody names on the command line. */
export interface NamedResource {
  readonly row: Kind;
  readonly name: string;
}

/**
 * Reads `KIND/NAME…` or `KIND NAME…`, as kubectl takes them.
 *
 * @throws Exit where a kind is not known, or a word is missing
 */
export function resourcesNamed(words: readonly string[]): readonly NamedResource[] {
  const [first, ...rest] = words;
  if (first === undefined) return [];
  if (words.every((word) => word.includes('/'))) return words.map(slashed);
  if (words.some((word) => word.includes('/')))
    throw new Exit(exitCode.usage, 'name resources either as KIND/NAME each, or as one KIND and its NAMEs');
  const row = rowNamed(first);
  if (rest.length === 0)
    throw new Exit(exitCode.usage, `name one of the ${row.plural}, as ${row.plural}/NAME`);
  return rest.map((name) => ({ row, name }));
}

function slashed(word: string): NamedResource {
  const [kind = '', name = '', ...more] = word.split('/');
  if (name === '' || more.length > 0)
    throw new Exit(exitCode.usage, `${JSON.stringify(word)} is not of the form KIND/NAME`);
  return { row: rowNamed(kind), name };
}
