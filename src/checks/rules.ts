import { generations as allGenerations } from '../model/generation.ts';
import { placesAt } from '../model/path.ts';
import { byGeneration, denied, warned, type Check, type CheckInput, type Finding } from './input.ts';

/** What the schema can't say and gateways refuse. */
export const rules: Check = (input) => ruleFindings(input.spec, input);

/** What the rules of the kind say of a spec: the one under review, or that one with a secret in its place. */
export function ruleFindings(
  spec: unknown,
  { question, selected, gathered }: Pick<CheckInput, 'question' | 'selected' | 'gathered'>,
): readonly Finding[] {
  const { name, namespace } = question.object.metadata;
  return question.row.rules.flatMap((rule) => {
    const violations = rule.check({ spec, name, namespace, now: gathered.now });
    if (rule.warns === true) return violations.map(warned);
    const { generations } = rule;
    return generations === undefined
      ? violations.map(denied)
      : violations.flatMap((violation) => byGeneration(violation, generations, selected));
  });
}

/** Fields, and whole kinds, that a selected gateway would drop in silence or has no collection for. */
export const generationFields: Check = ({ question, spec, selected }) => {
  const { row } = question;
  const fields = (row.fieldsOf ?? []).flatMap(({ pattern, generations }) =>
    placesAt(spec, pattern).flatMap(({ path }) =>
      byGeneration(
        {
          path: `spec.${path}`,
          fault: `is known to gateways of generation ${generations.join(' and ')} only`,
        },
        allGenerations.filter((generation) => !generations.includes(generation)),
        selected,
      ),
    ),
  );
  const without = allGenerations.filter((generation) => !row.collection.generations.includes(generation));
  if (without.length === 0) return fields;
  const kind = { path: 'kind', fault: 'is not served everywhere' };
  return [...fields, ...(selected.length === 0 ? [] : byGeneration(kind, without, selected))];
};
