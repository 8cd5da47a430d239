import { expect } from 'chai';
import type { Stored } from '../../../../controller/cluster/stored.ts';
import { LastSeen } from '../../../../controller/gateway/last-seen.ts';
import { listed } from '../../../../controller/gateway/listing.ts';
import { restApi } from '../../../../src/kinds/rest-api.ts';
import { ManagementClient } from '../../../../src/gateway/management-client.ts';
import { Reply, type Transport } from '../../../../src/gateway/transport.ts';
import { forever } from '../../gateway-client/connection.ts';

const resource = { metadata: { name: 'a' } } as unknown as Stored;
const circumstances = {
  entry: { namespace: 'gw', name: 'main', state: 'Programmed' },
  fingerprint: 'f',
  adoption: 'IfEqual',
} as const;

describe('what a comparison saw last', () => {
  it('is known while a list shows the very same', () => {
    const lastSeen = new LastSeen();
    const seen = lastSeen.of('/rest-apis', 'one', () => ['a']);
    seen.noteSound(resource, circumstances);
    const again = lastSeen.of('/rest-apis', 'one', () => expect.fail('it is known'));
    expect([again.isSound(resource, circumstances), again.ids]).to.deep.equal([true, ['a']]);
  });

  it('is nothing any more when the list shows something else', () => {
    const lastSeen = new LastSeen();
    lastSeen.of('/rest-apis', 'one', () => ['a']).noteSound(resource, circumstances);
    const other = lastSeen.of('/rest-apis', 'two', () => ['a', 'b']);
    expect([other.isSound(resource, circumstances), other.ids]).to.deep.equal([false, ['a', 'b']]);
  });

  const changes = {
    'another entry, though it says the same': { entry: { ...circumstances.entry } },
    'another fingerprint': { fingerprint: 'g' },
    'another adoption policy': { adoption: 'Never' },
  } as const;
  for (const [what, change] of Object.entries(changes))
    it(`does not count under other circumstances: ${what}`, () => {
      const seen = new LastSeen().of('/rest-apis', 'one', () => []);
      seen.noteSound(resource, circumstances);
      expect(seen.isSound(resource, { ...circumstances, ...change })).to.equal(false);
    });

  it('does not count for another state of the resource', () => {
    const seen = new LastSeen().of('/rest-apis', 'one', () => []);
    seen.noteSound(resource, circumstances);
    expect(seen.isSound({ ...resource }, circumstances)).to.equal(false);
  });

  it('is forgotten with its collection', () => {
    const lastSeen = new LastSeen();
    const seen = lastSeen.of('/rest-apis/a/api-keys', 'one', () => []);
    lastSeen.keep(new Set(['/rest-apis']));
    expect(lastSeen.of('/rest-apis/a/api-keys', 'one', () => [])).not.to.equal(seen);
  });
});

describe('a listed collection', () => {
  const showing = (...texts: string[]) => {
    const call = () => Promise.resolve(new Reply(200, Buffer.from(texts.shift() ?? '')));
    return new ManagementClient(
      { generation: 'v1' },
      { transport: { call, secrets: [] } as unknown as Transport },
    );
  };
  const list = (...names: string[]) =>
    JSON.stringify({ [restApi.collection.listKey]: names.map((name) => ({ metadata: { name } })) });

  it('is taken apart only where it is another one than the last time', async () => {
    const lastSeen = new LastSeen();
    const client = showing(list('a', 'b'), list('a', 'b'), list('a'));
    const place = { row: restApi };
    const first = await listed(client, place, lastSeen, forever);
    const second = await listed(client, place, lastSeen, forever);
    const third = await listed(client, place, lastSeen, forever);
    expect(first.seen.ids).to.deep.equal(['a', 'b']);
    expect(second.seen).to.equal(first.seen);
    expect(second.items().map((item) => item.metadata)).to.deep.equal([{ name: 'a' }, { name: 'b' }]);
    expect(third.seen.ids).to.deep.equal(['a']);
  });

  it('that can not be read is an error, and nothing is remembered of it', async () => {
    const lastSeen = new LastSeen();
    const client = showing('{"other":[]}', '{"other":[]}');
    for (let time = 0; time < 2; time += 1) {
      const refused = await listed(client, { row: restApi }, lastSeen, forever).catch(
        (error: unknown) => error,
      );
      expect(refused).to.be.instanceOf(Error);
      expect(String(refused)).to.include('JSON of another shape');
    }
  });
});
