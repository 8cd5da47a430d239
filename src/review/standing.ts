import { isDeepStrictEqual } from 'node:util';
import { stepsOf, valueAt, type Step } from '../model/path.ts';
import type { Resource } from '../model/resource.ts';
import { derivedNames } from './cel/shapes.ts';
import type { Read } from './cel/policy-program.ts';
import type { Facts } from './facts.ts';

/** A resource and what is derived of it. */
export interface Version {
  readonly object: Resource;
  readonly facts: Pick<Facts, 'derived' | 'gateways'>;
}

/**
 * Whether an edit left alone all that a rule looks at, so that what is stored breaks it just as well. A rule that looks at
 * nothing of the resource, or at the change itself, is about the edit.
 */
export function isLeftAlone(
  reads: readonly Read[],
  path: string | undefined,
  now: Version,
  before: Version,
): boolean {
  const looked = reads.filter(([name = '']) => ofResource.has(name));
  if (looked.length === 0 || reads.some(([name]) => name === 'oldObject')) return false;
  return (
    looked.every((read) => isSame(read, now, before)) &&
    (path === undefined || isUntouched(stepsOf(path), now.object, before.object))
  );
}

const ofResource: ReadonlySet<string> = new Set(['object', 'gateways', ...derivedNames]);

function isSame([name = '', ...fields]: Read, now: Version, before: Version): boolean {
  if (name === 'object') return isUntouched(fields, now.object, before.object);
  if (name === 'gateways') return isDeepStrictEqual(now.facts.gateways, before.facts.gateways);
  const entries = entriesOf(name, now);
  // What is derived shows no secrets, so what it was derived of must be the same too.
  return (
    entries !== undefined &&
    isDeepStrictEqual(entries, entriesOf(name, before)) &&
    entries.every(({ path }) => path === undefined || isUntouched(stepsOf(path), now.object, before.object))
  );
}

function entriesOf(
  name: string,
  { facts: { derived } }: Version,
): readonly { readonly path?: string }[] | undefined {
  if ('missing' in derived) return undefined;
  return (derived as unknown as Readonly<Record<string, readonly { readonly path?: string }[]>>)[name];
}

function isUntouched(steps: readonly Step[], object: Resource, old: Resource): boolean {
  return isDeepStrictEqual(valueAt(object, steps), valueAt(old, steps));
}
