import { parse } from 'yaml';
import { generations as allGenerations, type Generation } from '../../src/model/generation.ts';

/** Why we may refuse what a gateway would take. A closed list: whatever is not on it is a disagreement. */
export const stricterReasons = [
  'references',
  'duplicates',
  'access',
  'expressions',
  'policies',
  'broken',
  'sources',
] as const;

export type StricterReason = (typeof stricterReasons)[number];

/** What the comment at the top of a fixture says. */
export interface Expectation {
  /** The rule that the file shows, as one sentence. */
  readonly rule: string;
  /** The generations for which the folder's verdict holds. */
  readonly generations: readonly Generation[];
  /** Of an accepted file: what holds for the other generations. Not judged there when absent. */
  readonly elsewhere?: 'refused';
  /** Each violation that is expected, as `path: beginning of the fault`; all of them and no others. */
  readonly refused: readonly string[];
  /** Why we refuse although the gateway answers 2xx; of an accepted file, elsewhere. */
  readonly stricter?: StricterReason;
  /** Beginnings of warnings that must be among those given. */
  readonly warned: readonly string[];
  /** Who asks, where it is not the administrator. */
  readonly as?: 'developer';
}

const known = ['rule', 'generations', 'elsewhere', 'refused', 'stricter', 'warned', 'as'];

/** Reads the comment block of a fixture. Throws with the fault where it does not say what the folder asks for. */
export function expectationOf(text: string, folder: 'accepted' | 'refused'): Expectation {
  const block = /^(?:#.*\n)+/.exec(text)?.[0] ?? '';
  const said = (parse(block.replaceAll(/^# ?/gm, '')) ?? {}) as Readonly<Record<string, unknown>>;
  const stranger = Object.keys(said).find((key) => !known.includes(key));
  if (stranger !== undefined) throw new Error(`the comment at the top says ${stranger}, which means nothing`);
  const { rule } = said;
  if (typeof rule !== 'string' || rule === '') throw new Error('the comment at the top names no rule');
  const expectation: Expectation = {
    rule,
    generations: words(said.generations, 'generations', allGenerations) ?? allGenerations,
    refused: lines(said.refused, 'refused'),
    warned: lines(said.warned, 'warned'),
    ...optionally('elsewhere', words(said.elsewhere, 'elsewhere', ['refused'] as const)),
    ...optionally('stricter', words(said.stricter, 'stricter', stricterReasons)),
    ...optionally('as', words(said.as, 'as', ['developer'] as const)),
  };
  if (folder === 'refused' && expectation.refused.length === 0)
    throw new Error('it stands among the refused and expects no violation');
  if (folder === 'accepted' && expectation.refused.length > 0)
    throw new Error('it stands among the accepted and expects violations');
  return expectation;
}

function words<Word extends string>(
  value: unknown,
  field: string,
  allowed: readonly Word[],
): readonly Word[] | undefined {
  if (value === undefined) return undefined;
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  const stranger = given.find((word) => !allowed.some((one) => one === word));
  if (stranger !== undefined)
    throw new Error(`${field} is ${JSON.stringify(stranger)}, not one of ${allowed.join(', ')}`);
  return given as readonly Word[];
}

function optionally<Key extends string, Word>(key: Key, given: readonly Word[] | undefined) {
  return (given?.[0] === undefined ? {} : { [key]: given[0] }) as Readonly<Partial<Record<Key, Word>>>;
}

function lines(value: unknown, field: string): readonly string[] {
  if (value === undefined) return [];
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (given.every((line) => typeof line === 'string' && line !== '')) return given as readonly string[];
  throw new Error(`${field} must be a list of texts`);
}
