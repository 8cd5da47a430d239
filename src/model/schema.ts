import Type, { type Static, type TProperties, type TSchema } from 'typebox';
import type { SecretInput } from './secret-source.ts';

/**
 * The words in which the kinds describe their specs. Each gives a JSON Schema and a TypeScript type at once; the
 * schema stays within what a CRD's structural schema can say, but for the value keywords that `structural` drops.
 */

export type { Static, TSchema };

interface TextBounds {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: 'date-time';
}

export const text = (description: string, bounds: TextBounds = {}) => Type.String({ description, ...bounds });

export const integer = (description: string, bounds: { minimum?: number; maximum?: number } = {}) =>
  Type.Integer({ description, ...bounds });

export const flag = (description: string) => Type.Boolean({ description });

/** Says of every word outside a closed set why it is none, before the set is listed. */
export const otherwiseKeyword = 'x-portcullis-otherwise';

/** One of a closed set of words; `otherwise` completes "<path>: …" for any other. */
export const oneOf = <const Word extends string>(
  description: string,
  words: readonly Word[],
  { otherwise }: { readonly otherwise?: string } = {},
) =>
  Type.Unsafe<Word>({
    type: 'string',
    description,
    enum: [...words],
    ...(otherwise === undefined ? {} : { [otherwiseKeyword]: otherwise }),
  });

export const list = <Item extends TSchema>(
  description: string,
  item: Item,
  bounds: { minItems?: number } = {},
) => Type.Array(item, { description, ...bounds });

/** String to string, as labels and selectors are. */
export const words = (description: string) =>
  Type.Unsafe<Readonly<Record<string, string>>>({
    type: 'object',
    description,
    additionalProperties: { type: 'string' },
  });

/** An object of fixed fields. Fields wrapped in `optional` may be absent; null is never a value. */
export const object = <Fields extends TProperties>(description: string, fields: Fields) =>
  Type.Object(fields, { description });

export const optional = Type.Optional;

/** Any JSON object, stored as it is written (policy parameters). */
export const freeForm = (description: string) =>
  Type.Unsafe<Readonly<Record<string, unknown>>>({
    type: 'object',
    description,
    'x-kubernetes-preserve-unknown-fields': true,
  });

/** Marks the places where a secret may stand: ajv judges them by `parseSecretSource`, a CRD takes anything. */
export const secretKeyword = 'x-portcullis-secret';

export const secret = (description: string) =>
  Type.Unsafe<SecretInput>({
    description: `${description} One of: a string, {value}, {valueFrom: {name, key}}, {valueFrom: {secretKeyRef: {name, key}}}.`,
    [secretKeyword]: true,
    'x-kubernetes-preserve-unknown-fields': true,
  });

/**
 * What the management API's document asks for beyond what gateways enforce: a warning, never a refusal. The schema
 * itself stays as lax as the gateway is.
 */
export const adviceKeyword = 'x-portcullis-advice';

export const advised = <Schema extends TSchema>(
  schema: Schema,
  advice: Readonly<Record<string, unknown>>,
): Schema => ({ ...schema, [adviceKeyword]: advice });
