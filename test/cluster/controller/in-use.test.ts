import { expect } from 'chai';
import { annotation, inUseLabel } from '../../../src/model/annotations.ts';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, startScene, writes, type Scene } from './scene.ts';

describe('the label of what is in use', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;

  before(async () => {
    await installCrds();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 200 });
    scene = await startScene('referred', { api: 'v1' });
  });
  after(async () => {
    await scene.end();
    await controller.stop();
  });

  const metadata = async (kind: string, name: string) =>
    (await scene.get(kind, name))?.metadata as unknown as {
      labels?: Record<string, string>;
      resourceVersion: string;
    };
  const labelled = async (kind: string, name: string) =>
    (await metadata(kind, name)).labels?.[inUseLabel] === 'true';
  const becomes = (kind: string, name: string, wanted: boolean) =>
    eventually(async () => expect(await labelled(kind, name), `${kind} ${name}`).to.equal(wanted));
  const templated = (name: string, secret: string) =>
    scene.resource('RestApi', name, {
      ...minimal.RestApi,
      displayName: name,
      context: `/${name}`,
      upstream: { main: { url: `http://backend/{{ secret "${secret}" }}` } },
    });
  /** Waits until the gateway has been compared in full so many times. */
  const comparisons = async (count: number) => {
    const lists = () => scene.gateway.calls.filter(({ path }) => path === '/subscription-plans').length;
    const before = lists();
    await eventually(() => expect(lists()).to.be.at.least(before + count));
  };

  it('stands on whatever a field, a natural key or a template names, and on nothing else', async () => {
    await scene.apply(
      scene.resource('RestApi', 'books', { ...minimal.RestApi, subscriptionPlans: ['Gold'] }),
      scene.resource('ApiKey', 'books-key'),
      scene.resource('SubscriptionPlan', 'the-gold-one', { planName: 'Gold' }),
      scene.resource('SubscriptionPlan', 'silver', { planName: 'Silver' }),
      scene.resource('ManagedSecret', 'token', { displayName: 'token', value: 'abc' }),
      templated('films', 'token'),
    );
    await becomes('RestApi', 'books', true);
    await becomes('SubscriptionPlan', 'the-gold-one', true);
    await becomes('ManagedSecret', 'token', true);
    for (const [kind, name] of [
      ['RestApi', 'films'],
      ['ApiKey', 'books-key'],
      ['SubscriptionPlan', 'silver'],
    ] as const) {
      await scene.until(kind, name, 'Ready', 'True');
      expect(await labelled(kind, name), `${kind} ${name}`).to.equal(false);
    }
  });

  it('comes, goes and is put back without a word to the gateway', async () => {
    for (const name of ['books', 'films']) await scene.until('RestApi', name, 'Ready', 'True');
    await comparisons(2);
    scene.gateway.clearCalls();
    await cluster().kubectlRun(['label', 'restapi', 'books', '-n', scene.namespace, `${inUseLabel}-`]);
    await becomes('RestApi', 'books', true);
    await comparisons(2);
    expect(writes(scene.gateway)).to.deep.equal([]);
    expect(JSON.stringify(scene.gateway.stored('rest-apis'))).not.to.contain(inUseLabel);
  });

  it('is not written again while nothing happens', async () => {
    const versions = async () => [
      (await metadata('RestApi', 'books')).resourceVersion,
      (await metadata('ManagedSecret', 'token')).resourceVersion,
    ];
    const before = await versions();
    scene.gateway.clearCalls();
    await comparisons(10);
    expect(await versions()).to.deep.equal(before);
    expect(writes(scene.gateway)).to.deep.equal([]);
  });

  it('moves along when a reference does', async () => {
    await scene.apply(
      scene.resource('ManagedSecret', 'other', { displayName: 'other', value: 'def' }),
      templated('films', 'other'),
    );
    await becomes('ManagedSecret', 'other', true);
    await becomes('ManagedSecret', 'token', false);
  });

  it('goes with the last who refers to it, and the gateway hears of that one only', async () => {
    await scene.until('ApiKey', 'books-key', 'Ready', 'True');
    scene.gateway.clearCalls();
    await scene.remove('ApiKey', 'books-key');
    await becomes('RestApi', 'books', false);
    await comparisons(2);
    expect(writes(scene.gateway)).to.deep.equal(['DELETE /rest-apis/books/api-keys/books-key']);
  });

  it('is left alone while its resource is paused, and kept again afterwards', async () => {
    const annotate = (value: string) =>
      cluster().kubectlRun([
        'annotate',
        'restapi',
        'books',
        '-n',
        scene.namespace,
        '--overwrite',
        `${annotation.reconcile}=${value}`,
      ]);
    await annotate('Paused');
    await scene.apply(scene.resource('ApiKey', 'books-key'));
    await comparisons(5);
    expect(await labelled('RestApi', 'books')).to.equal(false);
    await annotate('Active');
    await becomes('RestApi', 'books', true);
  });
});
