import { callsOf } from '../model/expression.ts';
import { keep, rewritten, written } from '../model/path.ts';
import { didYouMean } from '../model/nearest.ts';
import { sourcesOf } from '../model/spec-secrets.ts';
import { denied, warned, type Check, type CheckInput, type Finding, type FoundKey } from './input.ts';
import { ruleFindings } from './rules.ts';

/** Who may not read a Secret may not have a gateway read it either; and then nothing else is said of it. */
export function secretAccess(keys: readonly FoundKey[]): readonly Finding[] {
  return keys
    .filter(({ allowed }) => !allowed)
    .map(({ path, from, name }) =>
      denied({
        path: `spec.${path}`,
        fault: `names ${from} ${name}, which you may not read`,
        remedy: `ask for the permission to get ${from.toLowerCase()}s/${name} in this namespace`,
      }),
    );
}

/** What stands outside the spec is there, not empty and fit for its place; a secret inside it is warned about. */
export const secrets: Check = (input) => [
  ...input.gathered.keys.filter(({ allowed }) => allowed).flatMap((found) => judged(found, input)),
  ...inline(input),
];

/** Whether a key is there and not empty; `fits` is asked only then. */
export function presence(
  found: FoundKey,
  namespace: string,
  enforcement: 'Deny' | 'Warn',
): readonly Finding[] {
  const path = `spec.${found.path}`;
  const what = `${found.from} ${namespace}/${found.name}`;
  const verdict = enforcement === 'Deny' ? denied : warned;
  if (found.value === undefined) {
    if (found.optional) return [];
    if (!found.exists)
      return [verdict({ path, fault: `names ${what}, which does not exist`, remedy: 'create it first' })];
    const keys = found.keys.length === 0 ? 'it has none' : `it has ${found.keys.slice(0, 10).join(', ')}`;
    return [
      verdict({
        path,
        fault: `names key ${found.key} of ${what}, which has no such key`,
        remedy: didYouMean(found.key, found.keys) ?? keys,
      }),
    ];
  }
  if (found.value === '')
    return [denied({ path, fault: `names key ${found.key} of ${what}, which is empty` })];
  return [];
}

function judged(found: FoundKey, input: CheckInput): readonly Finding[] {
  const { object, enforcement } = input.question;
  const absent = presence(found, object.metadata.namespace, enforcement);
  return absent.length > 0 || found.value === undefined ? absent : fits(found, found.value, input);
}

/** The rules of the kind, applied to the spec as if the value stood in it; only what they say of this place counts. */
function fits(found: FoundKey, value: string, input: CheckInput): readonly Finding[] {
  const filled = rewritten(input.spec, (_, steps) => (written(steps) === found.path ? value : keep));
  return ruleFindings(filled, input)
    .filter(({ path }) => path === `spec.${found.path}`)
    .map(({ path, fault, remedy, verdict }) => ({
      path,
      // The value itself is never repeated.
      fault: `${fault} (key ${found.key} of ${found.from} ${found.name})`,
      ...(remedy === undefined ? {} : { remedy }),
      verdict,
    }));
}

function inline({ question, spec }: CheckInput): readonly Finding[] {
  const verdict = question.inlineSecrets === 'Deny' ? denied : warned;
  if (question.row.secretsArePublic === true) return [];
  return sourcesOf(question.row, spec)
    .filter(({ source }) => source.is === 'inline' && callsOf(source.value).length === 0)
    .map(({ path }) =>
      verdict({
        path: `spec.${path}`,
        fault: 'holds a secret in clear, readable to everybody who may read this resource',
        remedy: 'keep it in a Secret and use valueFrom',
      }),
    );
}
