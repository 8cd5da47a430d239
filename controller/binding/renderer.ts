import type { ManagementClient } from '../../src/gateway/management-client.ts';
import { callsOf } from '../../src/model/expression.ts';
import { itemId, partOf } from '../../src/model/item.ts';
import type { KindTable } from '../../src/model/kind-table.ts';

/**
 * Whatever at the gateway names a secret in a template, whoever owns it. The gateway answers 200 to the removal of a
 * secret in use, and then can't start again (measured).
 */
export async function findRenderer(
  secret: string,
  client: ManagementClient,
  { table, signal }: { readonly table: KindTable; readonly signal: AbortSignal },
): Promise<string | undefined> {
  for (const row of table.rows) {
    if (row.wire.is !== 'envelope' || !row.wire.templated) continue;
    if (!row.collection.generations.includes(client.generation)) continue;
    for (const item of await client.list({ row }, signal)) {
      const names = callsOf(partOf(item, 'spec')).some(
        (call) => call.function === 'secret' && call.argument === secret,
      );
      if (names) return `${row.kind} ${itemId(row, item) ?? ''}`;
    }
  }
  return undefined;
}
