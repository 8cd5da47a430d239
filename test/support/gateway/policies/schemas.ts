import type { JsonObject } from '../wire/json.ts';

/** Short ways to write the schemas of the emulator's own policy definitions. */
export function closed(properties: JsonObject, required: readonly string[] = []): JsonObject {
  return { ...open(properties, required), additionalProperties: false };
}

export function open(properties: JsonObject, required: readonly string[] = []): JsonObject {
  return { type: 'object', properties, ...(required.length > 0 && { required: [...required] }) };
}

export function listOf(items: JsonObject, minItems = 0): JsonObject {
  return { type: 'array', items, ...(minItems > 0 && { minItems }) };
}

export function integer(minimum: number, maximum: number): JsonObject {
  return { type: 'integer', minimum, maximum };
}

export function oneOf(...values: readonly string[]): JsonObject {
  return { type: 'string', enum: [...values] };
}

/** An object that must hold at least one of `request` and `response`. */
export function eitherWay(request: JsonObject, response = request): JsonObject {
  return { ...closed({ request, response }), anyOf: [{ required: ['request'] }, { required: ['response'] }] };
}

export const text: JsonObject = { type: 'string' };
export const filled: JsonObject = { type: 'string', minLength: 1, maxLength: 256 };
export const flag: JsonObject = { type: 'boolean' };
export const headerName: JsonObject = { ...filled, pattern: '^[a-zA-Z0-9-_]+$' };
export const headerValue: JsonObject = { type: 'string', maxLength: 8192 };
/** One number and one unit. */
export const period: JsonObject = { type: 'string', pattern: '^[0-9]+(ns|us|µs|ms|s|m|h)$' };
/** As many numbers with units as one likes, such as `1h30m`. */
export const goPeriod: JsonObject = {
  type: 'string',
  pattern: '^[-+]?(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|ms|s|m|h))+$',
};
