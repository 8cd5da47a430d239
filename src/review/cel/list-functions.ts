import { isDeepStrictEqual } from 'node:util';
import type { Environment } from '@marcbachmann/cel-js';
import type { Effort } from './effort.ts';

type List = readonly unknown[];
type Comparable = string | number | bigint | Date;

/** What Kubernetes has for lists, and `sets`. */
export function addListFunctions(environment: Environment, effort: Effort): void {
  const add = (signature: string, handler: (...values: never[]) => unknown) =>
    environment.registerFunction(signature, handler, { async: false });
  const isIn = (list: List, value: unknown) => list.some((item) => same(item, value));
  const same = (one: unknown, other: unknown) => {
    effort.spend(1);
    return isDeepStrictEqual(one, other);
  };
  add('list.isSorted(): bool', (list: List) => {
    effort.spend(list.length);
    return list.every((item, index) => index === 0 || compare(list[index - 1], item) <= 0);
  });
  add('list<T>.min(): T', (list: List) => extreme(list, -1, effort));
  add('list<T>.max(): T', (list: List) => extreme(list, 1, effort));
  add('list<int>.sum(): int', (list: readonly bigint[]) => {
    effort.spend(list.length);
    return list.reduce((sum, item) => sum + item, 0n);
  });
  add('list<double>.sum(): double', (list: readonly number[]) => {
    effort.spend(list.length);
    return list.reduce((sum, item) => sum + item, 0);
  });
  add('list.indexOf(dyn): int', (list: List, value: unknown) =>
    BigInt(list.findIndex((item) => same(item, value))),
  );
  add('list.lastIndexOf(dyn): int', (list: List, value: unknown) =>
    BigInt(list.findLastIndex((item) => same(item, value))),
  );
  add('list<T>.distinct(): list<T>', (list: List) =>
    list.reduce<unknown[]>((kept, item) => (isIn(kept, item) ? kept : [...kept, item]), []),
  );
  add('list<T>.sort(): list<T>', (list: List) => {
    effort.spend(list.length * 16);
    return list.toSorted(compare);
  });
  add('list<T>.slice(int, int): list<T>', (list: List, start: bigint, end: bigint) => {
    if (start < 0n || end < start || end > BigInt(list.length)) throw new RangeError('slice: out of range');
    return list.slice(Number(start), Number(end));
  });
  class Sets {
    readonly is = 'sets';
  }
  environment.registerType('SetsNamespace', Sets);
  environment.registerConstant('sets', 'SetsNamespace', new Sets());
  const isWithin = (part: List, whole: List) => part.every((item) => isIn(whole, item));
  add('SetsNamespace.contains(list, list): bool', (_sets: Sets, whole: List, part: List) =>
    isWithin(part, whole),
  );
  add(
    'SetsNamespace.equivalent(list, list): bool',
    (_sets: Sets, one: List, other: List) => isWithin(one, other) && isWithin(other, one),
  );
  add('SetsNamespace.intersects(list, list): bool', (_sets: Sets, one: List, other: List) =>
    one.some((item) => isIn(other, item)),
  );
}

function extreme(list: List, sign: 1 | -1, effort: Effort): unknown {
  if (list.length === 0) throw new RangeError(`${sign === 1 ? 'max' : 'min'}: the list is empty`);
  effort.spend(list.length);
  return list.reduce((best, item) => (Math.sign(compare(item, best)) === sign ? item : best));
}

function compare(one: unknown, other: unknown): number {
  if (typeof one !== typeof other || !isComparable(one) || !isComparable(other))
    throw new TypeError('the items of the list can not be compared');
  return one < other ? -1 : one > other ? 1 : 0;
}

function isComparable(value: unknown): value is Comparable {
  return ['string', 'number', 'bigint'].includes(typeof value) || value instanceof Date;
}
