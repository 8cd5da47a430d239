/** What an expression evaluates to. */
export type Value = string | number | boolean | undefined;

export type TemplateFunction = (...values: readonly Value[]) => Value;

/** What expressions can read of the gateway. */
export interface Surroundings {
  /** The clear value of a stored Secret; undefined when there is none of that name. */
  secret(name: string): string | undefined;
  environment: Readonly<Record<string, string>>;
}

export function functionsFor(surroundings: Surroundings): ReadonlyMap<string, TemplateFunction> {
  return new Map<string, TemplateFunction>([
    ['secret', (name) => secret(surroundings, name)],
    ['env', (name) => surroundings.environment[string(name)] ?? ''],
    ['default', (fallback, value) => (isTrue(value) ? value : fallback)],
    ['required', (message, value) => required(message, value)],
    ['redact', (value) => value],
    ['lower', (value) => string(value).toLowerCase()],
    ['upper', (value) => string(value).toUpperCase()],
    ['trim', (value) => string(value).trim()],
    ['replace', (from, to, value) => string(value).replaceAll(string(from), string(to))],
    ['len', (value) => Buffer.byteLength(string(value))],
    ['print', (...values) => values.map(shown).join('')],
    ['println', (...values) => `${values.map(shown).join(' ')}\n`],
    ['printf', (format, ...values) => printf(string(format), values)],
    ['eq', (left, ...right) => right.includes(left)],
    ['ne', (left, right) => left !== right],
    ['not', (value) => !isTrue(value)],
    ['and', (...values) => values.find((value) => !isTrue(value)) ?? values.at(-1)],
    ['or', (...values) => values.find(isTrue) ?? values.at(-1)],
  ]);
}

export function shown(value: Value): string {
  return value === undefined ? '<no value>' : String(value);
}

function secret(surroundings: Surroundings, name: Value): string {
  const handle = string(name);
  const value = surroundings.secret(handle);
  if (value === undefined) {
    throw new Error(`failed to resolve secret "${handle}": configuration not found: id=${handle}`);
  }
  return value;
}

function required(message: Value, value: Value): Value {
  if (value === undefined || value === '') throw new Error(shown(message));
  return value;
}

function printf(format: string, values: readonly Value[]): string {
  let next = 0;
  return format.replace(/%(.)/g, (_, verb: string) => {
    if (verb === '%') return '%';
    const value = values[next];
    next += 1;
    return verb === 'q' ? JSON.stringify(shown(value)) : shown(value);
  });
}

function string(value: Value): string {
  if (typeof value !== 'string') throw new Error('wrong type for value; expected string');
  return value;
}

function isTrue(value: Value): boolean {
  return value !== undefined && value !== '' && value !== 0 && value !== false;
}
