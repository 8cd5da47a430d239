import { Ajv, type ErrorObject, type Format, type ValidateFunction } from 'ajv';
import ajvFormats from 'ajv-formats';
import { isTemplate } from './expression.ts';
import type { Kind } from './kind.ts';
import { didYouMean } from './nearest.ts';
import { PerValue } from './per-value.ts';
import { pointerSteps, valueAt, written } from './path.ts';
import { adviceKeyword, otherwiseKeyword, secretKeyword } from './schema.ts';
import { parseSecretSource } from './secret-source.ts';
import { advisedSchema } from './structural.ts';
import type { Violation } from './violation.ts';

declare const checked: unique symbol;

/** A spec that has passed the schema of its kind. Only `SchemaCheck` makes one. */
export type CheckedSpec = Readonly<Record<string, unknown>> & { readonly [checked]: true };

export type SchemaResult =
  | { readonly spec: CheckedSpec; readonly violations?: never }
  | {
      readonly spec?: never;
      readonly violations: readonly Violation[];
      /** The spec where only values are wrong: everything is of its type and in its place, so rules can be asked too. */
      readonly shaped?: CheckedSpec;
    };

/** What of a row the schema check looks at; a kind without a collection has no wire form. */
export type Judged = Pick<Kind, 'kind' | 'schema'> & Partial<Pick<Kind, 'wire'>>;

/**
 * Judges specs by the schemas of their kinds. Compiles each schema once, at its first use, and remembers a judgement
 * for as long as the spec is there: a spec is never changed, and one review or index after the other asks again.
 */
export class SchemaCheck {
  readonly #ajv = schemaValidator();
  readonly #advice = new Map<string, ValidateFunction>();
  readonly #judged = new PerValue<SchemaResult>();
  readonly #compiled = new Map<string, ValidateFunction>();

  check(row: Judged, spec: unknown): SchemaResult {
    return this.#judged.of(spec, row.kind, () => this.#judge(row, spec));
  }

  #judge(row: Judged, spec: unknown): SchemaResult {
    const validate = this.#validatorOf(row);
    if (validate(spec)) return { spec: spec as CheckedSpec };
    const templated = row.wire?.is === 'envelope' && row.wire.templated;
    const errors = (validate.errors ?? []).filter((error) => !(templated && isJudgedLater(error)));
    if (errors.length === 0) return { spec: spec };
    const violations = errors.flatMap((error) => toViolation(error, spec));
    return errors.every(({ keyword }) => valueKeywords.has(keyword))
      ? { violations, shaped: spec }
      : { violations };
  }

  /** What the management API's document asks for beyond what gateways enforce; each a warning. */
  advice(row: Judged, spec: CheckedSpec): readonly Violation[] {
    let validate = this.#advice.get(row.kind);
    if (validate === undefined) {
      validate = this.#ajv.compile(advisedSchema(row.schema));
      this.#advice.set(row.kind, validate);
    }
    if (validate(spec)) return [];
    return (validate.errors ?? [])
      .filter((error) => !isJudgedLater(error))
      .flatMap((error) => toViolation(error, spec));
  }

  #validatorOf(row: Judged): ValidateFunction {
    const known = this.#compiled.get(row.kind);
    if (known !== undefined) return known;
    const validate = this.#ajv.compile(row.schema);
    this.#compiled.set(row.kind, validate);
    return validate;
  }
}

/** Keywords that judge a value and not the shape; a word outside its set counts as shape, for rules branch on words. */
const valueKeywords = new Set([
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'format',
]);

/**
 * How gateways read a moment (Go's time.RFC3339): ajv-formats, which knows the days of each month, also takes a blank
 * for the T, an offset without colon and leap seconds.
 */
const goMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d([.,]\d+)?(Z|[+-]\d\d:\d\d)$/;

function isMoment(format: Format | undefined, value: string): boolean {
  if (typeof format !== 'object' || format instanceof RegExp || !('validate' in format)) return true;
  const { validate } = format;
  return typeof validate !== 'function' || validate(value.replace(',', '.') as never) === true;
}

function schemaValidator(): Ajv {
  // strictRequired off: ajv can't see through `oneOf: [{required}]`. verbose: errors carry the value they are about.
  const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, verbose: true });
  ajvFormats.default(ajv, ['date-time']);
  const loose = ajv.formats['date-time'];
  ajv.addFormat('date-time', (value) => goMoment.test(value) && isMoment(loose, value));
  ajv.addVocabulary([
    adviceKeyword,
    otherwiseKeyword,
    'x-kubernetes-preserve-unknown-fields',
    'x-kubernetes-list-type',
    'x-kubernetes-list-map-keys',
    'x-kubernetes-int-or-string',
  ]);
  ajv.addKeyword({
    keyword: secretKeyword,
    errors: false,
    validate: (_schema: unknown, data: unknown) => 'source' in parseSecretSource(data, ''),
  });
  return ajv;
}

/**
 * Whether a value is only known once the gateway has rendered it: constraints on texts are checked on what comes out
 * (measured). Types are not: they are the decoder's.
 */
function isJudgedLater({ keyword, data }: ErrorObject): boolean {
  return ['pattern', 'enum', 'minLength', 'maxLength', 'format'].includes(keyword) && isTemplate(data);
}

/** What the field's author said of every other word. */
function otherwiseOf({ parentSchema }: ErrorObject): string {
  const said = (parentSchema as Record<string, unknown> | undefined)?.[otherwiseKeyword];
  return typeof said === 'string' ? `${said}: ` : '';
}

function meant(word: unknown, words: readonly string[]): { readonly remedy?: string } {
  const remedy = didYouMean(word, words);
  return remedy === undefined ? {} : { remedy };
}

function toViolation(error: ErrorObject, spec: unknown): readonly Violation[] {
  const steps = pointerSteps(error.instancePath);
  const path = written(['spec', ...steps]);
  if (error.keyword === secretKeyword) {
    const parsed = parseSecretSource(valueAt(spec, steps), path);
    return 'faults' in parsed ? parsed.faults : [];
  }
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required':
      return [{ path: written(['spec', ...steps, String(params.missingProperty)]), fault: 'is required' }];
    case 'enum':
      return [
        {
          path,
          fault: `${otherwiseOf(error)}must be one of ${(params.allowedValues as unknown[]).join(', ')}`,
          value: error.data,
          ...meant(error.data, params.allowedValues as readonly string[]),
        },
      ];
    case 'pattern':
      return [{ path, fault: `must match ${JSON.stringify(params.pattern)}`, value: error.data }];
    case 'minLength':
      return [
        {
          path,
          fault:
            params.limit === 1
              ? 'must not be empty'
              : `must have at least ${String(params.limit)} characters`,
          value: error.data,
        },
      ];
    case 'maxLength':
      return [
        {
          path,
          fault: `must have at most ${String(params.limit)} characters, has ${String((error.data as string).length)}`,
        },
      ];
    case 'minItems':
      return [
        {
          path,
          fault: `must have at least ${String(params.limit)} ${params.limit === 1 ? 'entry' : 'entries'}`,
        },
      ];
    case 'minimum':
    case 'maximum':
      return [
        {
          path,
          fault: `must be ${String(params.comparison)} ${String(params.limit)}`,
          value: error.data,
        },
      ];
    case 'type':
      return [{ path, fault: `must be a value of type ${String(params.type)}` }];
    case 'format':
      return [
        { path, fault: 'must be a moment as RFC 3339 writes it (2026-01-31T12:00:00Z)', value: error.data },
      ];
    default:
      return [{ path, fault: error.message ?? 'is not valid' }];
  }
}
