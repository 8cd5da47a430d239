import { expect } from 'chai';
import { table } from '../../../src/kinds/table.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { annotation } from '../../../src/model/annotations.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import type { Resource } from '../../../src/model/resource.ts';
import { readReview } from '../../../webhook/admission-review.ts';
import { protect } from '../../../webhook/protect.ts';
import { minimal } from '../../support/manifests.ts';
import { resource } from '../checks/world.ts';
import { review } from './reviews.ts';

const books = resource('RestApi', 'books', minimal.RestApi);
const key = (name: string, parent = 'books', metadata: object = {}) =>
  resource('ApiKey', name, { parentRef: { kind: 'RestApi', name: parent } }, metadata);
const keys = Array.from({ length: 12 }, (_, index) => key(`key-${index}`));

/** The answer to a person's deletion, where the informers hold `cached` and the API server `live`. */
async function answer(
  cached: readonly Resource[],
  live: readonly Resource[] | Error,
  namespace: object = {},
) {
  const asked: string[] = [];
  const get = (type: { kind: string }, _namespace: string | undefined, name: string) => {
    asked.push(`${type.kind} ${name}`);
    if (live instanceof Error) return Promise.reject(live);
    const all = [...live, { kind: 'Namespace', metadata: { name: 'shop', ...namespace } }];
    return Promise.resolve(all.find((one) => one.kind === type.kind && one.metadata.name === name));
  };
  const verdict = await protect(
    readReview(review({ operation: 'DELETE', object: null, oldObject: books })),
    table.get('RestApi'),
    books,
    {
      table,
      schemas: new SchemaCheck(),
      cache: { users: () => cached, namespace: () => undefined, enforcement: () => undefined },
      client: { get: get as unknown as KubeClient['get'] },
      enforcement: 'Auto',
      deliveryTools: [],
    },
  );
  return { said: verdict.allowed ? 'allowed' : verdict.message, asked };
}

describe('before it refuses a deletion, the webhook', () => {
  it('asks for nothing where nothing refers to the object', async () => {
    expect(await answer([], [])).to.deep.equal({ said: 'allowed', asked: [] });
  });
  it('asks once for each that it names', async () => {
    const { said, asked } = await answer(keys, keys);
    expect(said).to.contain('ApiKey key-4 and 7 more refer to it');
    expect(asked).to.have.length(1 + 5);
  });
  it('forgets who is gone, on its way out, or refers to something else by now', async () => {
    const going = key('key-1', 'books', { deletionTimestamp: 'now' });
    const { said } = await answer(keys.slice(0, 4), [going, key('key-2', 'films'), key('key-3')]);
    expect(said).to.contain('in use: ApiKey key-3 refers to it');
  });
  it('allows where nobody is left', async () => {
    expect((await answer(keys, [])).said).to.equal('allowed');
  });
  it('looks at the namespace again', async () => {
    const annotations = { [annotation.allowDelete]: 'true' };
    expect((await answer(keys, keys, { annotations })).said).to.equal('allowed');
    expect((await answer(keys, keys, { deletionTimestamp: 'now' })).said).to.equal('allowed');
  });
  it('believes its informers where the API server does not answer', async () => {
    expect((await answer(keys, new Error('no answer'))).said).to.contain('is in use');
  });
});
