import { table } from '../../src/kinds/table.ts';
import { markAnnotation } from '../../src/model/annotations.ts';
import { authored } from '../../src/model/document.ts';
import type { Gateway } from './gateway/emulator.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a gateway gives by itself, and differently each time. */
const own = new Set(['id', 'uuid', 'createdAt', 'updatedAt', 'deployedAt', 'parent', 'createdBy', 'source']);

const ownVhosts = JSON.stringify({ main: '*', sandbox: 'sandbox-*' });

/**
 * Everything that an emulated gateway holds, credentials in clear, by collection: without ids and times, without marks of
 * ownership, and with names in the place of the ids by which things refer to each other.
 */
export function stockOf(gateway: Pick<Gateway, 'api' | 'stored'>): Json {
  const served = table.rows.filter(({ collection }) => collection.generations.includes(gateway.api));
  const paths = new Set(
    served
      .filter(({ identity }) => identity.is !== 'nested')
      .map(({ collection }) => collection.path.slice(1)),
  );
  const names = new Map<string, string>();
  for (const path of paths)
    for (const item of gateway.stored(path) as readonly Json[]) {
      const name = item.planName ?? (item.metadata as { readonly name?: string } | undefined)?.name;
      if (typeof name !== 'string') continue;
      for (const id of [item.id, item.uuid]) if (typeof id === 'string') names.set(id, name);
    }
  const stock: Record<string, unknown> = {};
  for (const path of paths) {
    const items = gateway.stored(path) as readonly Json[];
    stock[path] = sorted(items.map((item) => plain(item, names)));
    for (const item of items) {
      const handle = (item.metadata as { readonly name?: string } | undefined)?.name;
      const keys = handle === undefined ? [] : keysBelow(gateway, `${path}/${handle}/api-keys`);
      if (keys.length > 0)
        stock[`${path}/${String(handle)}/api-keys`] = sorted(keys.map((key) => plain(key, names)));
    }
  }
  return stock;
}

/** A list of anything that a gateway tells, in one order and without ids, times and marks of ownership. */
export function comparableList(items: readonly unknown[]): readonly unknown[] {
  return sorted(items.map((item) => plain(item, new Map())));
}

function keysBelow(gateway: Pick<Gateway, 'stored'>, path: string): readonly Json[] {
  try {
    return gateway.stored(path);
  } catch {
    return [];
  }
}

function sorted(items: readonly unknown[]): readonly unknown[] {
  return items.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

function plain(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, names));
  if (typeof value === 'string') return authored(names.get(value) ?? value) ?? '';
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    // The name of a certificate is made of its owner and its content.
    .filter(([key]) => !(key === 'name' && 'notAfter' in value))
    // A first write without any gets the gateway's own, a second one loses them; requests find it either way.
    .filter(([key, part]) => !(key === 'vhosts' && JSON.stringify(part) === ownVhosts))
    .filter(([key, part]) => !own.has(key) && key !== markAnnotation && !isMark(part))
    .map(([key, part]) => [key, plain(part, names)] as const)
    .filter(([key, part]) => !(key === 'annotations' && JSON.stringify(part) === '{}'))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries);
}

function isMark(part: unknown): boolean {
  return typeof part === 'string' && /^portcullis(\/[^/\n]+){4}$/.test(part);
}
