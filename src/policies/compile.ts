import { Ajv, type ErrorObject } from 'ajv';
import { Effort, linearRegExp } from './linear-regexp.ts';

/** What is wrong with parameters. Throws where finding out takes too long. */
export type Validate = (params: unknown) => readonly ErrorObject[];

/** The largest schema that is judged by, as JSON; the largest of the real 1.1.0 has 5 kB. */
const maxSchemaBytes = 128 * 1024;

/** Deeper than anybody writes, and far from what exhausts the stack. */
const maxDepth = 64;

/**
 * Words that lead elsewhere or change what validating means: another document, itself, or a promise for an answer.
 * None of the real definitions has one.
 */
const foreign: ReadonlySet<string> = new Set([
  '$ref',
  '$dynamicRef',
  '$recursiveRef',
  '$id',
  '$anchor',
  '$dynamicAnchor',
  '$async',
]);

/**
 * The validator of a schema that a gateway sent, or undefined where it can't be judged by: it is too large or too
 * deep, refers to anything, or is no schema. Vendor keywords are let be.
 */
export function compiled(schema: unknown): Validate | undefined {
  if (typeof schema === 'boolean') schema = schema ? {} : { not: {} };
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return undefined;
  if (isForeign(schema, 0) || JSON.stringify(schema).length > maxSchemaBytes) return undefined;
  try {
    const effort = new Effort();
    const validate = validator(effort).compile(schema);
    return (params) => {
      effort.begin();
      return validate(params) ? [] : (validate.errors ?? []);
    };
  } catch {
    return undefined;
  }
}

/** One for each schema, as ajv remembers everything that it has compiled. */
function validator(effort: Effort): Ajv {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    verbose: true,
    validateSchema: false,
    addUsedSchema: false,
    validateFormats: false,
    logger: false,
    code: { regExp: linearRegExp(effort) },
  });
  // ajv's own compares all pairs, which a long list turns into minutes.
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    errors: false,
    validate: (wanted: unknown, items: readonly unknown[]) =>
      wanted !== true || new Set(items.map(canonical)).size === items.length,
  });
  return ajv;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

/** A property may be called so; then an object stands there and no text. */
function isForeign(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth > maxDepth) return true;
  return Object.entries(value).some(
    ([key, child]) => (foreign.has(key) && typeof child !== 'object') || isForeign(child, depth + 1),
  );
}
