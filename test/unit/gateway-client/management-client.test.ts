import { expect } from 'chai';
import { ManagementClient, pathOf } from '../../../src/gateway/management-client.ts';
import type { Transport } from '../../../src/gateway/transport.ts';
import { table } from '../../../src/kinds/table.ts';
import { documentOf } from '../../../src/model/document.ts';
import { itemId } from '../../../src/model/item.ts';
import { unending } from '../../../src/runtime/tenure.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import { minimal, type KindName } from '../../support/manifests.ts';
import { connect, failureOf, forever } from './connection.ts';

for (const generation of ['v0.9', 'v1'] as const) {
  describe(`the management client and a gateway of generation ${generation}`, () => {
    let gateway: Gateway;
    let transport: Transport;
    let client: ManagementClient;

    beforeEach(async () => {
      gateway = await startGateway({ api: generation, pollIntervalMs: 0 });
      transport = connect(gateway.url);
      client = new ManagementClient({ generation, tenure: unending(forever) }, { transport });
    });
    afterEach(async () => {
      await transport.close();
      await gateway.stop();
    });

    it('writes only under a tenure, and only while it lasts', async () => {
      const reading = new ManagementClient({ generation }, { transport });
      const place = { row: row('RestApi') };
      const attempts = [reading, client.under(unending(AbortSignal.abort(new Error('it is over'))))];
      const endings = await Promise.allSettled(
        attempts.flatMap((by) => [
          by.create(place, 'books', document('RestApi', 'books'), forever),
          by.replace(place, 'books', document('RestApi', 'books'), forever),
          by.remove(place, 'books', forever),
        ]),
      );
      expect(endings.map((ending) => ending.status)).to.deep.equal(
        Array.from({ length: 6 }, () => 'rejected'),
      );
      expect(await Promise.all(attempts.map((by) => by.list(place, forever)))).to.deep.equal([[], []]);
      expect(gateway.calls.map(({ method }) => method)).to.deep.equal(['GET', 'GET']);
    });

    const row = (kind: KindName) => table.get(kind);
    const document = (kind: KindName, name: string, change: object = {}) =>
      documentOf(row(kind), {
        name,
        labels: {},
        annotations: {},
        spec: { ...minimal[kind], ...change },
        generation,
        mark: `portcullis/cluster/${kind}/shop/${name}`,
        idOf: (_kind, of) => of,
      });
    const create = async (kind: KindName, name: string, change: object = {}) =>
      await client.create({ row: row(kind) }, name, document(kind, name, change), forever);

    it('creates, reads, lists, replaces and removes by handle', async () => {
      await create('RestApi', 'books');
      const place = { row: row('RestApi') };
      expect(await client.get(place, 'books', forever)).to.have.nested.property('spec.context', '/books');
      expect(await client.list(place, forever)).to.have.length(1);
      await client.replace(place, 'books', document('RestApi', 'books', { context: '/b' }), forever);
      expect(await client.get(place, 'books', forever)).to.have.nested.property('spec.context', '/b');
      await client.remove(place, 'books', forever);
      expect(await client.get(place, 'books', forever)).to.equal(undefined);
    });

    it('does the same below a parent, where there is no GET of one', async () => {
      await create('RestApi', 'books');
      const place = { row: row('ApiKey'), parent: pathOf(row('RestApi'), 'books') };
      expect(await client.list(place, forever)).to.deep.equal([]);
      const key = { name: 'books-key', apiKey: 'a-key-of-some-length-that-nobody-would-guess' };
      await client.create(place, 'books-key', key, forever);
      expect(await client.get(place, 'books-key', forever)).to.include({ source: 'external' });
      await client.remove(place, 'books-key', forever);
      expect(await client.get(place, 'books-key', forever)).to.equal(undefined);
    });

    it('gives the id that a gateway assigns', async () => {
      const reply = await create('SubscriptionPlan', 'gold');
      const id = itemId(row('SubscriptionPlan'), reply as Record<string, unknown>)!;
      expect(await client.get({ row: row('SubscriptionPlan') }, id, forever)).to.include({
        planName: 'Gold',
      });
    });

    it('finds nothing below a parent that is not there', async () => {
      const place = { row: row('ApiKey'), parent: pathOf(row('RestApi'), 'absent') };
      expect(await client.get(place, 'key', forever)).to.equal(undefined);
    });

    it('takes it for removed what is absent already', async () => {
      await client.remove({ row: row('RestApi') }, 'absent', forever);
    });

    const cases: readonly (readonly [string, string, () => Promise<unknown>])[] = [
      ['a handle that is taken', 'taken', () => create('RestApi', 'books', { displayName: 'Other' })],
      [
        'a provider whose template is absent',
        'parent',
        () => create('LlmProvider', 'p', { template: 'absent' }),
      ],
      ['a proxy whose provider is absent', 'parent', () => create('LlmProxy', 'x')],
      ['a proxy that is replaced and absent', 'parent', () => put('LlmProxy', 'x')],
      [
        'a spec that is not valid',
        'refused',
        () => create('RestApi', 'bad', { displayName: 'b', context: 'no-slash' }),
      ],
      ['a replacement of what is absent', 'absent', () => put('RestApi', 'absent')],
      ['a provider replaced and absent (400)', 'absent', () => put('LlmProvider', 'absent')],
    ];
    const put = async (kind: KindName, name: string) =>
      await client.replace({ row: row(kind) }, name, document(kind, name, { displayName: name }), forever);

    for (const [what, means, call] of cases) {
      it(`knows ${what} as ${means}`, async () => {
        await create('RestApi', 'books');
        expect((await failureOf(call())).means).to.equal(means);
      });
    }

    it('knows a provider in use, which the gateway answers with 500', async () => {
      await create('LlmProvider', 'vendor');
      await create('LlmProxy', 'assistant');
      const failure = await failureOf(client.remove({ row: row('LlmProvider') }, 'vendor', forever));
      expect(failure).to.include({ means: 'inUse', status: 500 });
    });

    it("repeats the gateway's field errors, in a sentence and one by one", async () => {
      const failure = await failureOf(create('RestApi', 'bad', { displayName: 'b', context: 'no-slash' }));
      expect(failure.message).to.match(/^could not create RestApi bad because the gateway answered 400: /);
      expect(failure.fieldErrors.map(({ field }) => field)).to.include('spec.context');
    });

    it('never repeats a secret that the gateway repeats', async () => {
      gateway.faults.add({
        method: 'POST',
        status: 400,
        body: '{"message":"what is\\nhunter2-hunter2 good for?"}',
      });
      const call = client.create({ row: row('RestApi') }, 'x', {}, forever, { hide: ['hunter2-hunter2'] });
      const failure = await failureOf(call);
      expect(failure.message).to.contain('what is [sensitive] good for?');
    });

    it('takes nothing for absent, nor for removed, where another generation answers', async () => {
      const other = generation === 'v1' ? 'v0.9' : 'v1';
      const stranger = new ManagementClient({ generation: other, tenure: unending(forever) }, { transport });
      await create('RestApi', 'books');
      const place = { row: row('RestApi') };
      const calls = [
        () => stranger.get(place, 'books', forever),
        () => stranger.list(place, forever),
        () => stranger.remove(place, 'books', forever),
      ];
      for (const call of calls) {
        const failure = await failureOf(call());
        expect(failure).to.include({ means: 'unavailable', status: 404 });
        expect(failure.message).to.contain('answered 404 with ');
      }
    });

    it('knows credentials that are no good as forbidden', async () => {
      gateway.setPassword('admin', 'changed');
      const failure = await failureOf(client.list({ row: row('RestApi') }, forever));
      expect(failure).to.include({ means: 'forbidden', status: 401 });
    });
  });
}
