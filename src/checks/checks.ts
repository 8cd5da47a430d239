import type { SchemaCheck } from '../model/checked.ts';
import type { KindTable } from '../model/kind-table.ts';
import { referencesOf } from '../model/references.ts';
import { sentence } from '../model/violation.ts';
import { selectedBy } from '../selection/gateways.ts';
import { duplicates } from './duplicates.ts';
import { expressions } from './expressions.ts';
import { immutability } from './immutability.ts';
import {
  denied,
  warned,
  type Check,
  type Finding,
  type Gathered,
  type Question,
  type View,
} from './input.ts';
import { policies } from './policies.ts';
import { references } from './references.ts';
import { generationFields, rules } from './rules.ts';
import { secretAccess, secrets } from './secrets.ts';
import { selection } from './selection.ts';

/** Every check that looks at a spec which its schema has passed, in the order in which findings are told. */
const inOrder: readonly Check[] = [
  rules,
  generationFields,
  expressions,
  references,
  duplicates,
  immutability,
  secrets,
  policies,
  selection,
];

/** Checks whose findings an unrelated edit does not bring back; see `ratcheted`. */
const ratcheting: readonly Check[] = [rules, generationFields, expressions, policies];

export interface Known {
  readonly table: KindTable;
  readonly schemas: SchemaCheck;
  readonly view: View;
}

/** Everything that is to be said of an object: all faults at once, and nothing done about them. */
export function findingsOf(question: Question, gathered: Gathered, known: Known): readonly Finding[] {
  const { row, object } = question;
  const access = secretAccess(gathered.keys);
  const result = known.schemas.check(row, object.spec);
  if (result.violations !== undefined) {
    return ratcheted([...result.violations.map(denied), ...access], question, known);
  }
  const input = {
    question,
    spec: result.spec,
    references: referencesOf(row, result.spec),
    selected: selectedBy(known.view.gateways(), object),
    view: known.view,
    gathered,
    table: known.table,
  };
  const advice = known.schemas.advice(row, result.spec).map(warned);
  return ratcheted([...access, ...inOrder.flatMap((check) => check(input)), ...advice], question, known);
}

/**
 * Leaves out what the stored object was already guilty of in the same words: an edit elsewhere must not be refused
 * for it. Permission to read a Secret is asked every time.
 */
function ratcheted(findings: readonly Finding[], question: Question, known: Known): readonly Finding[] {
  const { old, row } = question;
  if (old === undefined || findings.every(({ verdict }) => verdict === 'warn')) return findings;
  const stored = known.schemas.check(row, old.spec);
  const before =
    stored.violations ??
    ratcheting.flatMap((check) =>
      check({
        question: { ...question, object: old, old: undefined },
        spec: stored.spec,
        references: [],
        selected: selectedBy(known.view.gateways(), question.object),
        view: known.view,
        gathered: { keys: [], confirmed: new Set() },
        table: known.table,
      }),
    );
  const guilty = new Set(before.map(sentence));
  return findings.map((finding) =>
    finding.verdict === 'deny' && guilty.has(sentence(finding))
      ? { ...finding, verdict: 'warn' as const }
      : finding,
  );
}
