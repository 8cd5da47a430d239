import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';

/**
 * What a body is decoded into, as Go decodes into a struct: fields it does not know vanish, a null vanishes,
 * a value of the wrong type is an error.
 */
export type Shape = 'string' | 'integer' | 'boolean' | 'any' | ObjectShape | ListShape | MapShape;

export interface ObjectShape {
  readonly fields: Readonly<Record<string, Shape>>;
}

interface ListShape {
  readonly list: Shape;
}

/** Any keys; values of one shape, where a null string is the empty string, as it is to Go. */
interface MapShape {
  readonly map: Shape;
}

export function decode(value: Json, shape: ObjectShape): JsonObject {
  if (value === null) return {};
  return decodeAs(value, shape, []) as JsonObject;
}

function decodeAs(value: Json, shape: Shape, path: readonly string[]): Json {
  if (shape === 'any') return value;
  if (shape === 'string' || shape === 'boolean')
    return typeof value === shape ? value : mismatch(value, shape, path);
  if (shape === 'integer') return Number.isSafeInteger(value) ? value : mismatch(value, 'int', path);
  if ('list' in shape) {
    if (!Array.isArray(value)) return mismatch(value, '[]', path);
    return value.map((item) => (item === null ? zero(shape.list) : decodeAs(item, shape.list, path)));
  }
  if (!isObject(value)) return mismatch(value, 'map' in shape ? 'map' : 'struct', path);
  if ('map' in shape) return decodeMap(value, shape.map, path);
  return decodeFields(value, shape, path);
}

function decodeMap(value: JsonObject, shape: Shape, path: readonly string[]): JsonObject {
  const entries = Object.entries(value).map(([key, item]): [string, Json] => [
    key,
    item === null ? zero(shape) : decodeAs(item, shape, [...path, key]),
  ]);
  return Object.fromEntries(entries);
}

function decodeFields(value: JsonObject, shape: ObjectShape, path: readonly string[]): JsonObject {
  const decoded: JsonObject = {};
  for (const [key, field] of Object.entries(shape.fields)) {
    const found = Object.hasOwn(value, key) ? value[key] : null;
    if (found !== undefined && found !== null) decoded[key] = decodeAs(found, field, [...path, key]);
  }
  return decoded;
}

function zero(shape: Shape): Json {
  if (shape === 'string') return '';
  if (shape === 'integer') return 0;
  if (shape === 'boolean') return false;
  if (shape === 'any') return null;
  return 'list' in shape ? [] : {};
}

function mismatch(value: Json, type: string, path: readonly string[]): never {
  const [parent, field] = path.slice(-2);
  const given = Array.isArray(value)
    ? 'array'
    : value === null
      ? 'null'
      : isObject(value)
        ? 'object'
        : typeof value;
  // `auth` is an anonymous struct in the gateway's own code and is told by its own decoder.
  if (parent === 'auth') {
    throw new SyntaxError(
      `error reading 'auth': json: cannot unmarshal ${given} into Go struct field .${field ?? ''} of type ${type}`,
    );
  }
  throw new SyntaxError(
    `json: cannot unmarshal ${given} into Go struct field .${path.join('.')} of type ${type}`,
  );
}
