import { isDeepStrictEqual as same } from 'node:util';
import { limitNarrowings } from './limits.ts';
import { inside, type Narrowing } from './narrowing.ts';
import { propertyNarrowings } from './properties.ts';
import { anything, known, type Schema } from './schema.ts';

/** Everything that one schema accepts and keeps, and another does not. Where that can't be told, it is reported. */
export function schemaNarrowings(before: Schema, after: Schema, pointer: string): readonly Narrowing[] {
  return [
    ...typeNarrowings(before, after, pointer),
    ...limitNarrowings(before, after, pointer),
    ...wordNarrowings(before, after, pointer),
    ...propertyNarrowings(before, after, pointer),
    ...itemNarrowings(before, after, pointer),
    ...junctorNarrowings(before, after, pointer),
    ...extensionNarrowings(before, after, pointer),
    ...unknownNarrowings(before, after, pointer),
  ];
}

type Compare = (before: Schema, after: Schema, pointer: string) => readonly Narrowing[];

const typeNarrowings: Compare = (before, after, pointer) => {
  const found: Narrowing[] = [];
  const mixed = 'x-kubernetes-int-or-string';
  const is = after.type ?? (after[mixed] === true ? 'integer or string' : undefined);
  const was = before.type ?? (before[mixed] === true ? 'integer or string' : undefined);
  const isWider =
    is === undefined ||
    is === was ||
    (is === 'number' && was === 'integer') ||
    (is === 'integer or string' && (was === 'integer' || was === 'string'));
  if (!isWider) found.push({ pointer: inside(pointer, 'type'), says: `type is ${is}, was ${was ?? 'any'}` });
  if (before.nullable === true && after.nullable !== true)
    found.push({ pointer: inside(pointer, 'nullable'), says: 'null is not accepted any more' });
  return found;
};

const wordNarrowings: Compare = (before, after, pointer) => {
  const found: Narrowing[] = [];
  for (const keyword of ['pattern', 'format'] as const) {
    const [was, is] = [before[keyword], after[keyword]];
    if (is === undefined || is === was || (was === 'int32' && is === 'int64')) continue;
    found.push({
      pointer: inside(pointer, keyword),
      says: `${keyword} is ${is}, ${was === undefined ? 'there was none' : `was ${was}`}`,
    });
  }
  if (after.enum === undefined) return found;
  if (before.enum === undefined)
    found.push({ pointer: inside(pointer, 'enum'), says: 'only certain values are accepted any more' });
  for (const value of before.enum ?? [])
    if (!after.enum.some((one) => same(one, value)))
      found.push({
        pointer: inside(pointer, 'enum'),
        says: `${JSON.stringify(value)} is not accepted any more`,
      });
  return found;
};

const itemNarrowings: Compare = (before, after, pointer) =>
  after.items === undefined
    ? []
    : schemaNarrowings(before.items ?? anything, after.items, inside(pointer, 'items'));

/** Whether one formula implies another is not looked into: what is the same is the same. */
const junctorNarrowings: Compare = (before, after, pointer) => {
  const found: Narrowing[] = [];
  const report = (keyword: string, says: string) =>
    void found.push({ pointer: inside(pointer, keyword), says });
  const isAmong = (one: Schema, others: readonly Schema[] = []) => others.some((other) => same(one, other));
  if (after.allOf?.some((one) => !isAmong(one, before.allOf)) === true)
    report('allOf', 'a condition is new or another one');
  if (after.anyOf !== undefined && !(before.anyOf?.every((one) => isAmong(one, after.anyOf)) ?? false))
    report(
      'anyOf',
      before.anyOf === undefined ? 'a condition is new' : 'an alternative is gone or another one',
    );
  if (after.oneOf !== undefined && !same(after.oneOf, before.oneOf))
    report('oneOf', 'the alternatives are others');
  if (after.not !== undefined && !same(after.not, before.not))
    report('not', 'a condition is new or another one');
  return found;
};

const extensionNarrowings: Compare = (before, after, pointer) => {
  const found: Narrowing[] = [];
  const report = (keyword: string, says: string) =>
    void found.push({ pointer: inside(pointer, keyword), says });
  // What they say where they are absent.
  for (const [keyword, absent] of [
    ['x-kubernetes-list-type', 'atomic'],
    ['x-kubernetes-map-type', 'granular'],
    ['x-kubernetes-list-map-keys', undefined],
  ] as const) {
    const [was, is] = [before[keyword] ?? absent, after[keyword] ?? absent];
    if (!same(was, is))
      report(keyword, `${keyword} is ${shown(is)}, was ${shown(was)}: what was merged is merged otherwise`);
  }
  if (after['x-kubernetes-embedded-resource'] === true && before['x-kubernetes-embedded-resource'] !== true)
    report('x-kubernetes-embedded-resource', 'only whole Kubernetes objects are accepted any more');
  const rules = (before['x-kubernetes-validations'] ?? []).map(({ rule }) => rule);
  after['x-kubernetes-validations']?.forEach(({ rule }, index) => {
    if (!rules.includes(rule))
      found.push({
        pointer: inside(pointer, 'x-kubernetes-validations', index),
        says: `a rule is new: ${rule}`,
      });
  });
  return found;
};

const unknownNarrowings: Compare = (before, after, pointer) => {
  const values = (schema: Schema) => schema as Readonly<Record<string, unknown>>;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((keyword) => !known.has(keyword) && !same(values(before)[keyword], values(after)[keyword]))
    .map((keyword) => ({
      pointer: inside(pointer, keyword),
      says: `${keyword} has changed, of which this check knows nothing`,
    }));
};

function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
