import { inside, type Narrowing } from './narrowing.ts';
import type { Schema } from './schema.ts';

const upper = ['maximum', 'maxLength', 'maxItems', 'maxProperties'] as const;
const lower = ['minimum', 'minLength', 'minItems', 'minProperties'] as const;
const exclusive = [
  ['exclusiveMaximum', 'maximum'],
  ['exclusiveMinimum', 'minimum'],
] as const;

/** Numbers that bound values, lengths and counts. */
export function limitNarrowings(before: Schema, after: Schema, pointer: string): readonly Narrowing[] {
  const found: Narrowing[] = [];
  const report = (keyword: keyof Schema, says: string) =>
    void found.push({ pointer: inside(pointer, keyword), says });
  for (const keyword of upper) {
    const [was, is] = [before[keyword], after[keyword]];
    if (is !== undefined && (was === undefined || is < was)) report(keyword, moved(keyword, was, is));
  }
  for (const keyword of lower) {
    // Nothing is shorter than nothing.
    const least = keyword === 'minimum' ? -Infinity : 0;
    const [was, is = least] = [before[keyword], after[keyword]];
    if (is > (was ?? least)) report(keyword, moved(keyword, was, is));
  }
  for (const [keyword, limit] of exclusive) {
    const isSame = before[limit] === after[limit];
    if (after[keyword] === true && before[keyword] !== true && isSame)
      report(keyword, `${keyword} is true, so ${after[limit]} itself is refused`);
  }
  const { multipleOf: was } = before;
  const { multipleOf: is } = after;
  if (is !== undefined && (was === undefined || was % is !== 0))
    report('multipleOf', moved('multipleOf', was, is));
  if (after.uniqueItems === true && before.uniqueItems !== true)
    report('uniqueItems', 'items must not repeat any more');
  return found;
}

function moved(keyword: string, was: number | undefined, is: number): string {
  return `${keyword} is ${is}, ${was === undefined ? 'there was none' : `was ${was}`}`;
}
