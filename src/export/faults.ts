import { expressionFaults } from '../checks/expressions.ts';
import type { SchemaCheck } from '../model/checked.ts';
import { generations as allGenerations, type Generation } from '../model/generation.ts';
import type { Kind } from '../model/kind.ts';
import { placesAt } from '../model/path.ts';
import type { Violation } from '../model/violation.ts';
import type { Manifest } from './manifest.ts';

interface Judging {
  readonly schemas: SchemaCheck;
  readonly now: Date;
  /** Of the gateways that it is for; all where that is not known. */
  readonly generation?: Generation | undefined;
}

/** What keeps a manifest from being taken. */
export interface Faults {
  /** What time alone has brought: it is over, and nobody can mend that. */
  readonly ended: readonly Violation[];
  readonly others: readonly Violation[];
}

/** What admission refuses of a manifest by itself: its schema, its rules, its templates and what no gateway knows. */
export function faultsOf(row: Kind, { metadata, spec }: Manifest, judging: Judging): Faults {
  const { schemas, now, generation } = judging;
  const { spec: checked, violations = [] } = schemas.check(row, spec);
  if (checked === undefined) return { ended: [], others: violations };
  const among = generation === undefined ? allGenerations : [generation];
  const { name, namespace = '' } = metadata;
  const rules = row.rules.filter(
    ({ warns, generations }) => warns !== true && among.every((one) => generations?.includes(one) ?? true),
  );
  const judged = (at?: Date) =>
    rules.flatMap((rule) => rule.check({ spec: checked, name, namespace, now: at }));
  const lasting = judged();
  const known = new Set(lasting.map(({ path }) => path));
  return {
    ended: judged(now).filter(({ path }) => !known.has(path)),
    others: [...lasting, ...expressionFaults(row, checked), ...unknownFields(row, checked, among)],
  };
}

function unknownFields(row: Kind, spec: unknown, among: readonly Generation[]): readonly Violation[] {
  return (row.fieldsOf ?? [])
    .filter(({ generations }) => !among.some((one) => generations.includes(one)))
    .flatMap(({ pattern, generations }) =>
      placesAt(spec, pattern).map(({ path }) => ({
        path: `spec.${path}`,
        fault: `is known to gateways of generation ${generations.join(' and ')} only`,
      })),
    );
}
