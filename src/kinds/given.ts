import { parseMark } from '../model/mark.ts';

type Json = Readonly<Record<string, unknown>>;

/** Those of some fields of an item that somebody gave: not empty, and none of our marks. */
export function given(item: Json, fields: readonly string[]): Json {
  return Object.fromEntries(
    fields
      .map((field) => [field, item[field]] as const)
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      .filter(([, value]) => parseMark(value) === undefined),
  );
}
