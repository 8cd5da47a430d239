import type { SecretSource } from '../model/secret-source.ts';
import { sourcesOf } from '../model/spec-secrets.ts';
import { isSame, titled, type Resource } from '../model/resource.ts';
import type { Kind } from '../model/kind.ts';
import { gatewayKey, selectedBy } from '../selection/gateways.ts';
import { clashes } from './duplicates.ts';
import { denied, type Check, type CheckInput, type Finding, type Parent, type View } from './input.ts';

/** What stands below one parent is no more than a gateway allows, and no two of it show the same secret. */
export const siblings: Check = (input) => {
  const { row, object } = input.question;
  const others = siblingsOf(row, object, input.spec, input.view);
  return [...crowded(others, input), ...alike(others, input)];
};

/** The other instances of the parent of a resource; empty for kinds that have none. */
export function siblingsOf(row: Kind, object: Resource, spec: unknown, view: View): readonly Resource[] {
  const parent = parentOf(row, spec);
  if (parent === undefined) return [];
  return view.below(row.kind, object.metadata.namespace, parent).filter((other) => !isSame(other, object));
}

/** What instances of a kind are counted or compared by. */
export function parentOf(row: Kind, spec: unknown): Parent | undefined {
  return row.identity.is === 'nested' ? row.identity.parent(spec) : row.distinctSecret?.of(spec);
}

/** The gateway counts by parent, and at its limit refuses even to replace what stands there (measured). */
function crowded(
  others: readonly Resource[],
  { question, spec, selected, view }: CheckInput,
): readonly Finding[] {
  const { row } = question;
  if (row.identity.is !== 'nested' || others.length === 0) return [];
  const { kind, name } = row.identity.parent(spec);
  const full = selected.find((gateway) => {
    const there = others.filter((other) =>
      selectedBy(view.gateways(), other).some((one) => gatewayKey(one) === gatewayKey(gateway)),
    );
    return there.length >= gateway.quotaBelowParent;
  });
  if (full === undefined) return [];
  const limit = full.quotaBelowParent;
  return [
    denied({
      path: 'spec.parentRef',
      fault: `is ${kind} ${name}, which has ${limit} of its kind already, as many as gateway ${gatewayKey(full)} allows`,
      remedy: 'delete one that is not used, or raise the limit at the gateway and in its APIGateway',
    }),
  ];
}

/** The gateway answers 409 to a value that another one of the same parent has. The value is never repeated. */
function alike(others: readonly Resource[], input: CheckInput): readonly Finding[] {
  const { row } = input.question;
  const mine = distinctSource(row, input.spec);
  if (row.distinctSecret === undefined || mine === undefined) return [];
  const { path } = row.distinctSecret;
  const value = mine.is === 'inline' ? mine.value : foundAt(path, input);
  const same = others.filter((other) => {
    const theirs = distinctSource(row, other.spec);
    if (theirs?.is === 'key' && isSameKey(mine, theirs)) return true;
    const shown = theirs?.is === 'inline' ? theirs.value : readValue(other, input);
    return value !== undefined && shown === value;
  });
  return clashes(input, same).map(({ other, gateway }) =>
    denied({
      path: `spec.${path}`,
      fault: `has the value of ${titled(other)} of the same parent on gateway ${gateway}`,
      remedy: 'give each its own',
    }),
  );
}

function foundAt(path: string, { gathered }: CheckInput): string | undefined {
  return gathered.keys.find((found) => found.path === path)?.value;
}

function readValue({ metadata }: Resource, { gathered }: CheckInput): string | undefined {
  return gathered.siblings.find(({ name }) => name === metadata.name)?.value;
}

function isSameKey(mine: SecretSource, theirs: Extract<SecretSource, { is: 'key' }>): boolean {
  return mine.is === 'key' && mine.name === theirs.name && mine.key === theirs.key;
}

/** Where the secret that siblings may not share comes from. */
export function distinctSource(row: Kind, spec: unknown): SecretSource | undefined {
  return sourcesOf(row, spec).find(({ path }) => path === row.distinctSecret?.path)?.source;
}
