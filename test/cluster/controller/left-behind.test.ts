import { expect } from 'chai';
import { LeftBehind } from '../../../controller/orphans/left-behind.ts';
import { configMapType } from '../../../src/kube/core-types.ts';
import { createKubeClient, loadKubeConfig, type KubeClient } from '../../../src/kube/client.ts';
import type { BareObject } from '../../../src/kube/resource.ts';
import { unending, type Tenure } from '../../../src/runtime/tenure.ts';
import { freshNamespace, useCluster } from '../../support/cluster/shared.ts';

const resource = (namespace: string, name: string) => ({ kind: 'RestApi', namespace, name });

describe('what was left behind, as replicas that share the work write it down', () => {
  const cluster = useCluster();
  const alive = new AbortController();
  let client: KubeClient;
  let home: string;

  before(() => {
    client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster().kubeconfig }) });
  });
  beforeEach(async () => {
    home = await freshNamespace('left');
  });

  const replica = (...spaces: readonly string[]) => {
    const held = new Map<string, Tenure>(spaces.map((space) => [space, unending(alive.signal)]));
    const shares = {
      holds: (space: string) => held.has(space),
      tenureOf: (space: string) => held.get(space),
    };
    return { held, left: new LeftBehind(home, { client, shares }) };
  };
  const written = async () => {
    const stored = await client.get<BareObject & { readonly data?: object }>(
      configMapType,
      home,
      'portcullis-left-behind',
    );
    return stored?.data;
  };

  it('is there of all of them, though each knew only of its own', async () => {
    const one = replica('a');
    const other = replica('b');
    await Promise.all([one.left.load(), other.left.load()]);
    await Promise.all([
      one.left.add(resource('a', 'books')),
      other.left.add(resource('b', 'films')),
      one.left.add(resource('a', 'maps')),
    ]);
    expect(await written()).to.deep.equal({ a: 'RestApi/a/books\nRestApi/a/maps', b: 'RestApi/b/films' });
  });

  it('is known to the one who takes over, with what was taken away since', async () => {
    const one = replica('a');
    await one.left.add(resource('a', 'books'));
    await one.left.add(resource('a', 'maps'));
    const other = replica('b');
    await other.left.load();
    await one.left.drop('RestApi/a/maps');
    await other.left.load();
    expect(other.left.has(resource('a', 'books'))).to.equal(true);
    expect(other.left.keys).to.deep.equal(['RestApi/a/books']);
    await one.left.drop('RestApi/a/books');
    expect(await written()).to.equal(undefined);
  });

  it('is not forgotten by its holder because somebody took it away in the ConfigMap', async () => {
    const one = replica('a');
    await one.left.add(resource('a', 'books'));
    await client.delete(configMapType, home, 'portcullis-left-behind');
    await one.left.load();
    expect(one.left.has(resource('a', 'books'))).to.equal(true);
    await one.left.add(resource('a', 'maps'));
    expect(await written()).to.deep.equal({ a: 'RestApi/a/books\nRestApi/a/maps' });
  });

  it('is not written by one who does not hold the namespace', async () => {
    const one = replica('a');
    let failed = false;
    await one.left.add(resource('b', 'films')).catch(() => (failed = true));
    expect(failed).to.equal(true);
    expect(one.left.has(resource('b', 'films'))).to.equal(false);
    expect(await written()).to.equal(undefined);
  });
});
