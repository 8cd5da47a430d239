import { expect } from 'chai';
import { createKubeClient, loadKubeConfig, type KubeClient } from '../../../src/kube/client.ts';
import { customType, namespaceType } from '../../../src/kube/core-types.ts';
import { isKubeError } from '../../../src/kube/kube-error.ts';
import type { BareObject, KubeObject } from '../../../src/kube/resource.ts';
import { group } from '../../../src/model/generation.ts';
import type { ResourceStatus } from '../../../src/model/status.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { minimal } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { reviewsOf } from '../../support/webhook-metrics.ts';
import { eventually } from '../controller/scene.ts';

/** How many teams want the same name, all of them at once. */
const teams = 200;
const restApis = customType({ kind: 'RestApi', plural: 'restapis' });

type Answer =
  | { readonly namespace: string; readonly is: 'created' }
  | { readonly namespace: string; readonly is: 'refused'; readonly message: string; readonly status: number };

describe('two webhooks, and one handle that 200 namespaces want at the same moment', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack;
  let client: KubeClient;
  let home: string;
  let answers: readonly Answer[];
  /** By each replica, of the creations. */
  let judged: readonly number[];
  const namespaces = () => Array.from({ length: teams }, (_, index) => `${home}-${index}`);
  const created = () => answers.filter(({ is }) => is === 'created').map(({ namespace }) => namespace);
  const refused = () => answers.filter((answer) => answer.is === 'refused');

  before(async () => {
    stack = await startStack({ cluster: cluster(), api: 'v1', webhookReplicas: 2 });
    client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster().kubeconfig }) });
    home = await freshNamespace('crowd');
    const selector = { scope: 'LabelSelector', matchLabels: { gateway: home } };
    await kubectl(['apply', '-n', home, '-f', '-'], JSON.stringify(gatewayFor(stack, selector)));
    await kubectl(['wait', '--for=condition=Reachable', 'apigateway/emulated', '-n', home, '--timeout=60s']);
    await Promise.all(
      namespaces().map((name) =>
        client.create<BareObject>(namespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
      ),
    );
    const before = await Promise.all(stack.webhooks.map(reviewsOf));
    answers = await Promise.all(namespaces().map(create));
    const after = await Promise.all(stack.webhooks.map(reviewsOf));
    judged = after.map((count, index) => count - (before[index] ?? 0));
  });
  after(async () => {
    // Emptied while the controller is there to do it; their own going takes a minute, and nobody waits for it.
    await Promise.all(namespaces().map((name) => client.delete(restApis, name, 'orders')));
    await eventually(async () => {
      const { items } = await client.list<KubeObject>(restApis);
      expect(items.filter(({ metadata }) => metadata.namespace?.startsWith(home))).to.deep.equal([]);
    });
    await Promise.all([home, ...namespaces()].map((name) => client.delete(namespaceType, undefined, name)));
    await stack.stop();
  });

  const create = async (namespace: string): Promise<Answer> => {
    const object: KubeObject = {
      apiVersion: `${group}/v1`,
      kind: 'RestApi',
      metadata: { name: 'orders', namespace, labels: { gateway: home } },
      // Only the handle is the same: a title or an address of its own for everybody.
      spec: { ...minimal.RestApi, displayName: namespace, context: `/${namespace}` },
    };
    try {
      await client.create<KubeObject>(restApis, object);
      return { namespace, is: 'created' };
    } catch (error) {
      if (!isKubeError(error)) throw error;
      return { namespace, is: 'refused', message: error.message, status: error.status };
    }
  };
  const statusOf = async (namespace: string) => {
    const stored = await client.get<KubeObject & { readonly status?: ResourceStatus }>(
      restApis,
      namespace,
      'orders',
    );
    return stored?.status;
  };

  it('both judge, each of them a good part', () => {
    expect(judged.reduce((sum, count) => sum + count, 0)).to.equal(teams);
    for (const count of judged) expect(count).to.be.greaterThan(teams / 10);
  });

  it('let in one each at most, and at least one in all', () => {
    expect(created().length).to.be.within(1, stack.webhooks.length);
  });

  it('refuse all the others with the name of one that got in, and the way out', () => {
    expect(refused()).to.have.length(teams - created().length);
    const winners = created().map((namespace) => `RestApi ${namespace}/orders`);
    for (const { namespace, message, status } of refused()) {
      expect(status, message).to.equal(403);
      expect(message).to.contain(`RestApi ${namespace}/orders is not valid:`);
      expect(message).to.contain(`metadata.name: is taken on gateway ${home}/emulated by RestApi `);
      expect(message).to.contain('choose another name');
      expect(
        winners.some((winner) => message.includes(`by ${winner}`)),
        message,
      ).to.equal(true);
    }
  });

  it('leave it to the controller to program one, and to tell the other who has the place', async () => {
    const statuses = await eventually(async () => {
      const found = await Promise.all(
        created().map(async (namespace) => ({ namespace, status: await statusOf(namespace) })),
      );
      for (const { status } of found) expect(status?.conditions ?? []).not.to.deep.equal([]);
      const isTold = ({ status }: (typeof found)[number]) =>
        conditionOf(status, 'Accepted')?.reason === 'HandleConflict';
      const isReady = ({ status }: (typeof found)[number]) => conditionOf(status, 'Ready')?.status === 'True';
      expect(found.filter(isReady), JSON.stringify(found)).to.have.length(1);
      expect(found.filter(isTold), JSON.stringify(found)).to.have.length(found.length - 1);
      return { winner: found.find(isReady)!, others: found.filter((one) => !isReady(one)) };
    });
    for (const { status } of statuses.others) {
      const accepted = conditionOf(status, 'Accepted');
      expect(accepted?.status).to.equal('False');
      expect(accepted?.reason).to.equal('HandleConflict');
      expect(accepted?.message)
        .to.contain(`RestApi ${statuses.winner.namespace}/orders is `)
        .and.to.contain('has the same handle');
    }
    const answer = await fetch(`${stack.gatewayUrl}/api/management/v1/rest-apis`, {
      headers: { authorization: `Basic ${btoa('admin:admin')}` },
    });
    const { apis } = (await answer.json()) as {
      apis: readonly { metadata: { name: string }; spec: { displayName: string } }[];
    };
    expect(apis.map(({ spec }) => spec.displayName)).to.deep.equal([statuses.winner.namespace]);
  });

  it('let the next one in once the place is free', async () => {
    for (const namespace of created()) await client.delete(restApis, namespace, 'orders');
    const next = namespaces().find((namespace) => !created().includes(namespace)) ?? '';
    await eventually(async () => {
      const { is } = await create(next);
      expect(is).to.equal('created');
    });
    await eventually(async () => expect(conditionOf(await statusOf(next), 'Ready')?.status).to.equal('True'));
  });
});

function conditionOf(status: ResourceStatus | undefined, type: string) {
  return status?.conditions?.find((one) => one.type === type);
}
