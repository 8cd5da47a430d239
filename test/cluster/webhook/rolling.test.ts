import { expect } from 'chai';
import { createKubeClient, loadKubeConfig, type KubeClient } from '../../../src/kube/client.ts';
import { customType } from '../../../src/kube/core-types.ts';
import { group } from '../../../src/model/generation.ts';
import { freshNamespace, useCluster } from '../../support/cluster/shared.ts';
import { minimal } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { reviewsOf } from '../../support/webhook-metrics.ts';
import { eventually } from '../controller/scene.ts';

const restApis = customType({ kind: 'RestApi', plural: 'restapis' });
const writers = 10;

describe('a rolling restart of both replicas while reviews come in', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let stack: Stack;
  let client: KubeClient;
  let namespace: string;

  before(async () => {
    stack = await startStack({
      cluster: cluster(),
      api: 'v1',
      withoutGateway: true,
      withoutController: true,
      webhookReplicas: 2,
      webhookSettings: { PORTCULLIS_DRAIN: '2s' },
    });
    client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster().kubeconfig }) });
    namespace = await freshNamespace('rolling');
  });
  after(() => stack.stop());

  /** Creates an API, and takes it away again: each time both webhooks are asked. */
  const turn = async (name: string) => {
    await client.create(restApis, {
      apiVersion: `${group}/v1`,
      kind: 'RestApi',
      metadata: { name, namespace },
      spec: { ...minimal.RestApi, displayName: name, context: `/${name}` },
    });
    await client.mergePatch(restApis, namespace, name, { metadata: { finalizers: null } });
    await client.delete(restApis, namespace, name);
  };

  it('loses not one of them', async () => {
    const enough = new AbortController();
    const failures: unknown[] = [];
    let turns = 0;
    const load = Array.from({ length: writers }, async (_, writer) => {
      for (let index = 0; !enough.signal.aborted; index += 1) {
        try {
          await turn(`api-${writer}-${index}`);
          turns += 1;
        } catch (error) {
          failures.push(error);
        }
      }
    });
    // Not each replica's share: who has few connections keeps them to the same one until it goes.
    const moves = async () => {
      const before = turns + failures.length;
      await eventually(() => expect(turns + failures.length).to.be.greaterThan(before + 2 * writers), 60_000);
    };
    try {
      await moves();
      for (const replica of stack.webhooks) {
        await replica.restart();
        await moves();
      }
    } finally {
      enough.abort();
      await Promise.all(load);
    }
    expect(failures.map(String)).to.deep.equal([]);
    const judged = await Promise.all(stack.webhooks.map(reviewsOf));
    expect(Math.max(...judged)).to.be.greaterThan(writers);
  });
});
