import { isDeepStrictEqual } from 'node:util';
import type { SchemaCheck } from '../model/checked.ts';
import type { KindTable } from '../model/kind-table.ts';
import { stepsOf, valueAt } from '../model/path.ts';
import { referencesOf } from '../model/references.ts';
import type { Resource } from '../model/resource.ts';
import { sentence } from '../model/violation.ts';
import { selectedBy } from '../selection/gateways.ts';
import { duplicates } from './duplicates.ts';
import { expressions } from './expressions.ts';
import { immutability } from './immutability.ts';
import {
  denied,
  warned,
  type Check,
  type CheckInput,
  type Finding,
  type Gathered,
  type Question,
  type View,
} from './input.ts';
import { asSent, explained, leftOut } from './left-out.ts';
import { policies } from './policies.ts';
import { references } from './references.ts';
import { generationFields, rules } from './rules.ts';
import { secretAccess, secrets } from './secrets.ts';
import { selection } from './selection.ts';
import { siblings } from './siblings.ts';

/** Every check that looks at a spec which its schema has passed, in the order in which findings are told. */
const inOrder = {
  rules,
  generations: generationFields,
  expressions,
  references,
  duplicates,
  siblings,
  immutability,
  secrets,
  policies,
  selection,
} as const satisfies Record<string, Check>;

/** By what a finding was found; `schema`, `access` and `advice` are not among those in order. */
export const checkNames = [
  'schema',
  'access',
  ...(Object.keys(inOrder) as (keyof typeof inOrder)[]),
  'advice',
] as const;

export type CheckName = (typeof checkNames)[number];

/** A finding and the check that found it. */
export interface Told extends Finding {
  readonly check: CheckName;
}

export interface Known {
  readonly table: KindTable;
  readonly schemas: SchemaCheck;
  readonly view: View;
}

/** Everything that is to be said of an object: all faults at once, and nothing done about them. */
export function findingsOf(question: Question, gathered: Gathered, known: Known): readonly Told[] {
  const access = secretAccess(gathered.keys).map((finding) => ({ ...finding, check: 'access' as const }));
  return ratcheted([...access, ...judged(question, gathered, known)], question, gathered, known);
}

/** What is found of an object when nothing is known of permissions and of what was stored before. */
function judged(question: Question, gathered: Gathered, known: Known): readonly Told[] {
  const { row, enforcement } = question;
  const { table, view, schemas } = known;
  const absent = leftOut(gathered.keys);
  const object = asSent(question.object, absent);
  const result = schemas.check(row, object.spec);
  const broken = (result.violations ?? []).map((violation) => ({
    ...denied(violation),
    check: 'schema' as const,
  }));
  const spec = result.violations === undefined ? result.spec : result.shaped;
  if (spec === undefined) return broken.map((finding) => explained(finding, absent, enforcement));
  const input: CheckInput = {
    question,
    spec,
    references: referencesOf(row, spec),
    selected: selectedBy(view.gateways(), object),
    view,
    gathered,
    table,
  };
  const found = Object.entries(inOrder).flatMap(([check, findings]) =>
    findings(input).map((finding) => ({ ...finding, check: check as keyof typeof inOrder })),
  );
  // What is refused already needs no advice.
  const told = new Set(broken.map(({ path }) => path));
  const advice = schemas
    .advice(row, spec)
    .filter(({ path }) => !told.has(path))
    .map((violation) => ({ ...warned(violation), check: 'advice' as const }));
  return [...broken, ...found, ...advice].map((finding) => explained(finding, absent, enforcement));
}

/**
 * Leaves out what the stored object was already guilty of in the same words: an edit elsewhere must not be refused
 * for it. Permission to read a Secret is asked every time, and what can't be changed has no fault in what it was.
 */
function ratcheted(
  findings: readonly Told[],
  question: Question,
  gathered: Gathered,
  known: Known,
): readonly Told[] {
  const { old, object } = question;
  if (old === undefined || findings.every(({ verdict }) => verdict === 'warn')) return findings;
  // What was read counts for the stored object where it names the same; its labels are its own, and so are its gateways.
  const keys = gathered.keys.filter(({ path }) => isUntouched(`spec.${path}`, object, old));
  const before = judged({ ...question, object: old, old: undefined }, { ...gathered, keys }, known);
  const guilty = new Set(before.filter(({ verdict }) => verdict === 'deny').map(sentence));
  return findings.map((finding) =>
    finding.check !== 'access' && guilty.has(sentence(finding)) && isUntouched(finding.path, object, old)
      ? { ...finding, verdict: 'warn' as const }
      : finding,
  );
}

/** Whether both hold the same at a path. What is said of a spec as a whole names its values in the sentence. */
function isUntouched(path: string, object: Resource, old: Resource): boolean {
  if (path === 'spec') return true;
  const steps = stepsOf(path);
  return isDeepStrictEqual(valueAt(object, steps), valueAt(old, steps));
}
