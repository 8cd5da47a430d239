import type { ErrorObject } from 'ajv';

/** What is wrong with parameters. `where` is empty for the parameters themselves, else `.path.to.field`. */
export interface ParamFault {
  readonly where: string;
  readonly message: string;
}

/** ajv's errors in the words of gojsonschema, which is what the gateway validates with. */
export function faultsOf(errors: readonly ErrorObject[]): readonly ParamFault[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  return errors
    .filter((error) =>
      choices.every(
        (choice) => !isIn(error, choice) || bestBranch(choice, errors) === branchOf(error, choice),
      ),
    )
    .filter(({ keyword }) => keyword !== 'if')
    .map((error) => ({ where: error.instancePath.replaceAll('/', '.'), message: messageOf(error) }));
}

/** gojsonschema tells of a failed choice only the branch that came closest, the first of equals. */
function bestBranch(choice: ErrorObject, errors: readonly ErrorObject[]): string {
  const counts = new Map<string, number>();
  for (const error of errors.filter((candidate) => isIn(candidate, choice))) {
    const branch = branchOf(error, choice);
    counts.set(branch, (counts.get(branch) ?? 0) + 1);
  }
  const fewest = Math.min(...counts.values());
  return [...counts].find(([, count]) => count === fewest)?.[0] ?? '';
}

function isIn(error: ErrorObject, choice: ErrorObject): boolean {
  return (
    error.schemaPath.startsWith(`${choice.schemaPath}/`) && error.instancePath.startsWith(choice.instancePath)
  );
}

function branchOf(error: ErrorObject, choice: ErrorObject): string {
  return error.schemaPath.slice(choice.schemaPath.length + 1).split('/', 1)[0] ?? '';
}

function messageOf(error: ErrorObject): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'required':
      return `${String(params.missingProperty)} is required`;
    case 'additionalProperties':
      return `Additional property ${String(params.additionalProperty)} is not allowed`;
    case 'anyOf':
      return 'Must validate at least one schema (anyOf)';
    case 'oneOf':
      return 'Must validate one and only one schema (oneOf)';
    case 'type':
      return `Invalid type. Expected: ${String(params.type)}, given: ${typeName(error.data)}`;
    case 'enum':
      return `must be one of the following: ${(params.allowedValues as readonly unknown[]).map((one) => JSON.stringify(one)).join(', ')}`;
    case 'minLength':
      return `String length must be greater than or equal to ${String(params.limit)}`;
    case 'maxLength':
      return `String length must be less than or equal to ${String(params.limit)}`;
    case 'minimum':
      return `Must be greater than or equal to ${String(params.limit)}`;
    case 'maximum':
      return `Must be less than or equal to ${String(params.limit)}`;
    case 'minItems':
      return `Array must have at least ${String(params.limit)} items`;
    case 'maxItems':
      return `Array must have at most ${String(params.limit)} items`;
    case 'pattern':
      return `Does not match pattern '${String(params.pattern)}'`;
    default:
      return error.message ?? error.keyword;
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
