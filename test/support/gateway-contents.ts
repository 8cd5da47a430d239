import { table } from '../../src/kinds/table.ts';
import type { Stack } from './stack.ts';

const base = { 'v0.9': '/api/management/v0.9', v1: '/api/management/v1' } as const;

/** The lists of a gateway as its own users see them, as one text; what stands below a parent is not in it. */
export async function gatewayLists(
  { gatewayUrl }: Pick<Stack, 'gatewayUrl'>,
  api: keyof typeof base,
): Promise<string> {
  const rows = table.rows.filter(
    ({ identity, collection }) => identity.is !== 'nested' && collection.generations.includes(api),
  );
  const paths = [...new Set(rows.map(({ collection }) => collection.path))];
  const lists = await Promise.all(
    paths.map(async (path) => {
      const authorization = `Basic ${btoa('admin:admin')}`;
      const answer = await fetch(`${gatewayUrl}${base[api]}${path}`, { headers: { authorization } });
      if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`);
      return await answer.text();
    }),
  );
  return lists.join('\n');
}
