import { expect } from 'chai';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, secret, startScene, writes, type Scene } from './scene.ts';

/** Every kind that refers to something, the last of a chain first. */
const backwards = (scene: Scene) => [
  scene.resource('LlmProxy', 'assistant', { ...minimal.LlmProxy, provider: { id: 'mine' } }),
  scene.resource('LlmProvider', 'mine', {
    ...minimal.LlmProvider,
    displayName: 'Mine',
    template: 'own',
    upstream: {
      url: 'https://vendor.example/v1',
      auth: { type: 'api-key', header: 'X-Key', value: '{{ secret "vendor-key" }}' },
    },
  }),
  scene.resource('LlmProviderTemplate', 'own'),
  scene.resource('ManagedSecret', 'vendor-key', { displayName: 'key', value: 's3cr3t-value' }),
  scene.resource('Subscription', 'team-a', {
    apiId: 'books',
    subscriptionPlanId: 'gold',
    subscriptionToken: 'token-of-team-a',
  }),
  scene.resource('ApiKey', 'books-key', { parentRef: { kind: 'RestApi', name: 'books' } }),
  scene.resource('RestApi', 'books', { ...minimal.RestApi, subscriptionPlans: ['Gold'] }),
  scene.resource('SubscriptionPlan', 'gold'),
  scene.resource('LlmProvider', 'vendor'),
];

const kinds = [
  ['LlmProxy', 'assistant'],
  ['LlmProvider', 'mine'],
  ['LlmProviderTemplate', 'own'],
  ['ManagedSecret', 'vendor-key'],
  ['Subscription', 'team-a'],
  ['ApiKey', 'books-key'],
  ['RestApi', 'books'],
  ['SubscriptionPlan', 'gold'],
  ['LlmProvider', 'vendor'],
] as const;

for (const api of ['v0.9', 'v1'] as const) {
  describe(`resources that refer to one another, on a gateway of generation ${api}`, function () {
    this.timeout(120_000);
    const cluster = useCluster();
    let controller: RunningController;
    let scene: Scene;

    before(async () => {
      await installCrds();
      controller = await startController(cluster().kubeconfig, { driftIntervalMs: 60_000 });
      scene = await startScene('order', { api });
    });
    after(async () => {
      await scene.end();
      await controller.stop();
    });

    const refused = () =>
      scene.gateway.calls
        .filter(({ method, status }) => status >= 400 && !(method === 'GET' && [401, 404].includes(status)))
        .map(({ method, path, status }) => `${method} ${path} ${status}`);

    it('wait for one another, whatever the order in which they are applied', async () => {
      for (const object of backwards(scene)) await scene.apply(object);
      for (const [kind, name] of kinds) await scene.until(kind, name, 'Ready', 'True');
      expect(refused()).to.deep.equal([]);
      expect(writes(scene.gateway).filter((call) => call.startsWith('POST'))).to.have.length(kinds.length);
    });

    it('keeps a key that nobody gave in a Secret that its ApiKey owns', async () => {
      const stored = (await scene.get('secret', 'books-key-api-key')) as unknown as {
        data: Record<string, string>;
        metadata: { ownerReferences: { kind: string }[] };
      };
      const key = Buffer.from(stored.data['api-key']!, 'base64').toString();
      expect(key).to.match(/^apip_[0-9a-f]{64}$/);
      expect(stored.metadata.ownerReferences[0]?.kind).to.equal('ApiKey');
    });

    it('sends a changed secret, and then whoever the gateway renders it into', async () => {
      scene.gateway.clearCalls();
      await scene.apply(
        scene.resource('ManagedSecret', 'vendor-key', { displayName: 'key', value: 'another' }),
      );
      await eventually(() =>
        expect(writes(scene.gateway)).to.deep.equal(['PUT /secrets/vendor-key', 'PUT /llm-providers/mine']),
      );
    });

    it('go in the opposite order when all are deleted at once', async () => {
      scene.gateway.clearCalls();
      for (const [kind, name] of kinds.toReversed()) await scene.remove(kind, name);
      for (const [kind, name] of kinds) await scene.gone(kind, name);
      expect(refused()).to.deep.equal([]);
      expect(writes(scene.gateway)).to.have.length(kinds.length);
      const at = (path: string) =>
        writes(scene.gateway).findIndex((call) => call.startsWith(`DELETE ${path}`));
      expect(at('/llm-proxies/assistant')).to.be.lessThan(at('/llm-providers/mine'));
      expect(at('/llm-providers/mine')).to.be.lessThan(at('/secrets/vendor-key'));
      expect(at('/subscriptions/')).to.be.lessThan(at('/subscription-plans/'));
    });

    it('waits with a deletion while somebody who stays refers to it, and says who', async () => {
      await scene.apply(scene.resource('LlmProvider', 'vendor'), scene.resource('LlmProxy', 'assistant'));
      await scene.until('LlmProxy', 'assistant', 'Ready', 'True');
      await scene.remove('LlmProvider', 'vendor');
      const held = await scene.until('LlmProvider', 'vendor', 'Programmed', 'False', 'Removing');
      expect(JSON.stringify(held.status)).to.contain(
        `LlmProxy ${scene.namespace}/assistant still refers to it`,
      );
      await scene.remove('LlmProxy', 'assistant');
      await scene.gone('LlmProvider', 'vendor');
    });

    it('reads values from Secrets in both spellings, and sends data as data', async () => {
      await scene.apply(
        secret('vendor', { key: '{{ secret "of-somebody-else" }}' }),
        scene.resource('LlmProvider', 'vendor', {
          ...minimal.LlmProvider,
          upstream: {
            url: 'https://vendor.example/v1',
            auth: {
              type: 'api-key',
              header: 'X-Key',
              value: { valueFrom: { secretKeyRef: { name: 'vendor', key: 'key' } } },
            },
          },
        }),
        scene.resource('ManagedSecret', 'flat', {
          displayName: 'flat',
          value: { valueFrom: { name: 'vendor', key: 'key' } },
        }),
      );
      await scene.until('LlmProvider', 'vendor', 'Ready', 'True');
      await scene.until('ManagedSecret', 'flat', 'Ready', 'True');
      const [flat] = scene.gateway.stored('secrets') as unknown as { spec: { value: string } }[];
      expect(flat?.spec.value).to.equal('{{ secret "of-somebody-else" }}');
      const [provider] = scene.gateway.stored('llm-providers') as unknown as {
        spec: { upstream: { auth: { value: string } } };
      }[];
      expect(provider?.spec.upstream.auth.value).to.equal('{{ "{{" }} secret "of-somebody-else" }}');
    });
  });
}
