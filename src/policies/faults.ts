import type { ErrorObject } from 'ajv';
import { pathIn, type Prepared } from './params.ts';

/** What is wrong with parameters. `where` is empty for the parameters themselves, else `.path.to[0].field`. */
export interface ParamFault {
  readonly where: string;
  readonly fault: string;
}

/** More than anybody corrects at once. */
const most = 20;

const choices = new Set(['anyOf', 'oneOf', 'not', 'if', 'contains']);

/**
 * ajv's errors in our words, of a choice only the branch that comes closest. Values are never repeated, as any of
 * them may be a secret; nothing is said that a text which is not known yet may put right.
 */
export function faultsOf(errors: readonly ErrorObject[], params: Prepared): readonly ParamFault[] {
  const open = errors.filter(({ keyword, instancePath }) => {
    const unknown = [...params.templates, ...params.sourced];
    return choices.has(keyword) && unknown.some((place) => isWithin(place, instancePath));
  });
  const decisions = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const faults = errors
    .filter(({ instancePath }) => !open.some((choice) => isWithin(instancePath, choice.instancePath)))
    .filter((error) => !isUnknown(error, params))
    .filter((error) => decisions.every((choice) => isClosest(error, choice, errors)))
    // What the branches say is said in their own errors.
    .filter(({ keyword }) => keyword !== 'if')
    .filter((error) => !decisions.includes(error) || !errors.some((inner) => isBranchOf(inner, error)))
    .map((error) => faultOf(error, params.value));
  const once = new Map(faults.map((fault) => [`${fault.where} ${fault.fault}`, fault]));
  return [...once.values()].slice(0, most);
}

function isWithin(place: string, around: string): boolean {
  return place === around || place.startsWith(`${around}/`);
}

/** Of a text that is not known one thing is known: that it is a text. What a template comes to is one too. */
function isUnknown({ keyword, instancePath }: ErrorObject, { templates, sourced }: Prepared): boolean {
  return keyword !== 'type' && (templates.includes(instancePath) || sourced.includes(instancePath));
}

function isBranchOf(error: ErrorObject, choice: ErrorObject): boolean {
  return (
    error.schemaPath.startsWith(`${choice.schemaPath}/`) && isWithin(error.instancePath, choice.instancePath)
  );
}

function isClosest(error: ErrorObject, choice: ErrorObject, errors: readonly ErrorObject[]): boolean {
  if (!isBranchOf(error, choice)) return true;
  const counts = new Map<string, number>();
  for (const inner of errors.filter((one) => isBranchOf(one, choice))) {
    const branch = branchOf(inner, choice);
    counts.set(branch, (counts.get(branch) ?? 0) + 1);
  }
  const fewest = Math.min(...counts.values());
  return [...counts].find(([, count]) => count === fewest)?.[0] === branchOf(error, choice);
}

function branchOf(error: ErrorObject, choice: ErrorObject): string {
  return error.schemaPath.slice(choice.schemaPath.length + 1).split('/', 1)[0] ?? '';
}

function faultOf(error: ErrorObject, value: unknown): ParamFault {
  const params = error.params as Readonly<Record<string, unknown>>;
  const where = pathIn(value, error.instancePath);
  switch (error.keyword) {
    case 'required':
      return { where: where + pathIn({}, `/${escaped(params.missingProperty)}`), fault: 'is required' };
    case 'additionalProperties':
      return { where: where + pathIn({}, `/${escaped(params.additionalProperty)}`), fault: 'is not known' };
    case 'enum':
      return { where, fault: `must be one of ${printed(params.allowedValues)}` };
    case 'const':
      return { where, fault: `must be ${printed(params.allowedValue)}` };
    case 'type':
      return { where, fault: `must be a value of type ${String(params.type)}` };
    case 'pattern':
      return { where, fault: `must match ${printed(params.pattern)}` };
    case 'uniqueItems':
      return { where, fault: 'must not repeat an entry' };
    default:
      return { where, fault: plain(error.message ?? 'is not valid') };
  }
}

function escaped(property: unknown): string {
  return String(property).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Words of a definition, short and in one line. */
function printed(words: unknown): string {
  const list: readonly unknown[] = Array.isArray(words) ? words : [words];
  return plain(list.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(', '));
}

function plain(text: string): string {
  const line = text.replaceAll(/\p{Cc}+/gu, ' ');
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
