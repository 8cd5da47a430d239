import { expect } from 'chai';
import type { Exported } from '../../../src/export/exported.ts';
import { table } from '../../../src/kinds/table.ts';
import { generations } from '../../../src/model/generation.ts';
import { itemId, itemOwner, partOf, type Item } from '../../../src/model/item.ts';
import { stepsOf, valueAt } from '../../../src/model/path.ts';
import { casesOf, readCorpus } from '../../agreement/corpus.ts';
import { gatewayVerdict } from '../../agreement/gateway-verdict.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import { stockOf } from '../../support/gateway-stock.ts';
import { call, exportOf, replay } from './replay.ts';

const corpus = readCorpus().flatMap(casesOf);

/** What stands at the gateway and is shown to nobody: whoever fills in the Secrets knows it. */
function hiddenAt(gateway: Gateway) {
  const given = new Set<unknown>();
  return ({ row, manifest }: Exported, path: string): string | undefined => {
    const { name } = manifest.metadata;
    const spec = manifest.spec as Readonly<Record<string, unknown>>;
    const parent = spec.parentRef as { readonly kind: string; readonly name: string } | undefined;
    const above = parent === undefined ? '' : `${table.get(parent.kind).collection.path}/${parent.name}`;
    const items = gateway.stored(`${above}${row.collection.path}`.slice(1)) as readonly Item[];
    const called = (one: Item) => {
      if (row.identity.is !== 'assigned') return itemId(row, one) === name;
      if (row.update.by === 'recreate') return String(one.name).startsWith(`${String(spec.displayName)}.`);
      return items.length === 1 || itemOwner(row, one)?.name === name;
    };
    const item = items.find((one) => called(one) && !given.has(one.id));
    if (item === undefined) throw new Error(`${row.kind} ${name} is not at the gateway`);
    // Two certificates of one name are told apart by nothing that the gateway shows.
    if (row.update.by === 'recreate') given.add(item.id);
    const all = [item.value, item.pem, item.token, item[path], valueAt(item.spec, stepsOf(path))];
    return all.find((value) => typeof value === 'string');
  };
}

/** A first write ignores the state: what is to be undeployed is written twice, as the controller does. */
async function settle(gateway: Gateway): Promise<void> {
  for (const { collection } of table.rows) {
    if (collection.path === '/api-keys' || !collection.generations.includes(gateway.api)) continue;
    for (const item of gateway.stored(collection.path.slice(1)) as readonly Item[]) {
      const { vhosts: _, ...spec } = (item.spec ?? {}) as Item;
      const path = `${collection.path}/${String(partOf(item, 'metadata', 'name'))}`;
      if (spec.deploymentState === 'undeployed') await call(gateway, 'PUT', path, { ...item, spec });
    }
  }
}

for (const generation of generations) {
  describe(`what a gateway of generation ${generation} holds, exported and sent to an empty one`, function () {
    this.timeout(120_000);
    let one: Gateway;
    let other: Gateway;

    before(async () => {
      one = await startGateway({ api: generation, pollIntervalMs: 0 });
      other = await startGateway({ api: generation, pollIntervalMs: 0 });
    });
    after(async () => {
      await one.stop();
      await other.stop();
    });

    for (const row of table.rows.filter(({ collection }) => collection.generations.includes(generation))) {
      it(`is the same for every ${row.kind} that it may hold`, async () => {
        const cases = corpus.filter(
          ({ fixture, expected, generation: on }) =>
            fixture.judged.kind === row.kind && expected === 'accepted' && on === generation,
        );
        expect(cases).not.to.deep.equal([]);
        for (const { fixture } of cases) {
          await gatewayVerdict(fixture, { namespace: 'shop', gateway: 'edge' }, one);
          await settle(one);
          other.restartEmpty();
          const made = await exportOf(one);
          // A key that has ended by now is none any more.
          if (made.leftOut.length > 0) {
            expect(made.leftOut.map(({ why }) => why).join(), fixture.file).to.match(/lies in the past/);
            continue;
          }
          await replay(made, other, hiddenAt(one));
          expect(stockOf(other), fixture.file).to.deep.equal(stockOf(one));
        }
      });
    }
  });
}
