import { expect } from 'chai';
import { certificatePem } from '../../support/certificate-pem.ts';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal, type KindName } from '../../support/manifests.ts';
import { eventually, secret, startScene, type Scene } from './scene.ts';

const expression = '{{ secret "vendor-key" }}';
const allowed = { annotations: { 'gateway.api-platform.wso2.com/allow-recreate': 'true' } };

/** Who needs something before what is needed, down to the Secret of Kubernetes that comes last of all. */
const good: readonly (readonly [KindName, string, object?, object?])[] = [
  ['LlmProxy', 'assistant', { provider: { id: 'mine' } }],
  ['ApiKey', 'assistant-key', { parentRef: { kind: 'LlmProxy', name: 'assistant' } }],
  [
    'LlmProvider',
    'mine',
    {
      displayName: 'Mine',
      template: 'own',
      upstream: { url: 'https://v.example', auth: { type: 'api-key', header: 'x', value: expression } },
    },
  ],
  ['LlmProviderTemplate', 'own'],
  [
    'Subscription',
    'reader',
    {
      subscriptionPlanId: 'gold',
      subscriptionToken: { valueFrom: { name: 'late-secret', key: 'token' } },
    },
    allowed,
  ],
  ['ApiKey', 'books-key', { parentRef: { kind: 'RestApi', name: 'books' } }],
  ['Mcp', 'everything'],
  ['RestApi', 'books', { subscriptionPlans: ['Gold'] }],
  ['ManagedSecret', 'vendor-key', { value: { valueFrom: { name: 'late-secret', key: 'value' } } }],
  ['Secret', 'by-value'],
  ['Certificate', 'ca', { certificate: { valueFrom: { name: 'late-secret', key: 'pem' } } }],
];

/** What gateways would refuse, each for another reason, and what the status says of it. */
const bad: readonly (readonly [KindName, string, string, string, object?])[] = [
  ['RestApi', 'no-slash', 'Accepted', 'Invalid', { displayName: 'No Slash', context: 'no-slash' }],
  ['RestApi', 'twin-of-books', 'Accepted', 'HandleConflict', {}],
  ['ApiKey', 'a--b', 'Accepted', 'Invalid', {}],
  ['ApiKey', 'too-late', 'Programmed', 'Expired', { expiresAt: '2020-01-01T00:00:00Z' }],
  ['ApiKey', 'no-room', 'Programmed', 'QuotaExceeded', {}],
  ['LlmProvider', 'no-template', 'Programmed', 'ReferenceNotFound', { displayName: 'No', template: 'none' }],
  [
    'LlmProxy',
    'no-provider',
    'Programmed',
    'ReferenceNotFound',
    { displayName: 'No', provider: { id: 'none' } },
  ],
  ['Subscription', 'no-api', 'Programmed', 'ReferenceNotFound', { apiId: 'none', subscriptionToken: 't' }],
  [
    'Subscription',
    'idle-plan',
    'Programmed',
    'ReferenceNotReady',
    { subscriptionPlanId: 'idle', subscriptionToken: 't2' },
  ],
  [
    'RestApi',
    'no-secret',
    'Programmed',
    'ReferenceNotFound',
    {
      displayName: 'No Secret',
      upstream: { main: { url: 'http://b', hostRewrite: 'auto' } },
      vhosts: { main: '{{ secret "none" }}' },
    },
  ],
];

for (const api of ['v0.9', 'v1'] as const) {
  describe(`everything at once and in the worst order, on a gateway of generation ${api}`, function () {
    this.timeout(180_000);
    const cluster = useCluster();
    let controller: RunningController;
    let scene: Scene;

    before(async () => {
      await installCrds();
      controller = await startController(cluster().kubeconfig, { driftIntervalMs: 1000 });
      scene = await startScene('worst', { api, keyQuota: 1 });
      const main = scene.apiGateway('main', scene.gateway) as { readonly spec: object };
      await scene.apply({ ...main, spec: { ...main.spec, apiKeysPerUser: 1 } });
    });
    after(async () => {
      await scene.end();
      await controller.stop();
    });

    const wholly = (kind: KindName, name: string, change: object = {}, metadata: object = {}) =>
      scene.resource(kind, name, { ...minimal[kind], ...change }, metadata);
    const served = good.filter(([kind]) => kind !== 'WebSubApi' || api === 'v0.9');
    /** Every call that was to change something and that the gateway did not take. */
    const refused = () =>
      scene.gateway.calls
        .filter(({ method, status }) => method !== 'GET' && status >= 400)
        .map(({ method, path, status }) => `${method} ${path} ${status}`);
    const lastSecret = (token: string) =>
      secret('late-secret', { token, value: 'a-value', pem: certificatePem('ca') });

    it('comes to stand without a call that the gateway refuses', async () => {
      for (const [kind, name, change, metadata] of served)
        await scene.apply(wholly(kind, name, change, metadata));
      if (api === 'v0.9') await scene.apply(wholly('WebSubApi', 'issues'));
      await scene.apply(wholly('SubscriptionPlan', 'gold'), lastSecret('a-token'));
      for (const [kind, name] of served) await scene.until(kind, name, 'Ready', 'True');
      expect(refused()).to.deep.equal([]);
    });

    it('is refused by us, and not by the gateway, where it can not stand', async () => {
      await scene.apply(wholly('SubscriptionPlan', 'idle', { planName: 'Idle', status: 'INACTIVE' }));
      for (const [kind, name, , , change] of bad) await scene.apply(wholly(kind, name, change));
      for (const [kind, name, condition, reason] of bad)
        await scene.until(kind, name, condition, 'False', reason);
      expect(refused()).to.deep.equal([]);
    });

    it('is changed without a call that the gateway refuses', async () => {
      await scene.apply(
        lastSecret('another-token'),
        wholly('SubscriptionPlan', 'gold', { billingPlan: 'b' }),
        wholly('RestApi', 'books', { subscriptionPlans: ['Gold'], context: '/library' }),
        wholly('ApiKey', 'books-key', { expiresAt: '2040-01-01T00:00:00Z' }),
        wholly('Certificate', 'ca', { certificate: certificatePem('other') }),
        wholly('Mcp', 'everything', { context: '/all' }),
      );
      await eventually(() => {
        expect(JSON.stringify(scene.gateway.stored('subscriptions'))).to.contain('another-token');
        expect(JSON.stringify(scene.gateway.stored('certificates'))).to.contain('CN=other');
        expect(JSON.stringify(scene.gateway.stored('rest-apis/books/api-keys'))).to.contain('2040');
      });
      for (const [kind, name] of served) await scene.until(kind, name, 'Ready', 'True');
      expect(refused()).to.deep.equal([]);
    });

    it('goes without a call that the gateway refuses, what is needed first of all', async () => {
      const names: (readonly [KindName, string])[] = [
        ['SubscriptionPlan', 'gold'],
        ['SubscriptionPlan', 'idle'],
        ...[...served].toReversed().map(([kind, name]) => [kind, name] as const),
        ...bad.map(([kind, name]) => [kind, name] as const),
        ...(api === 'v0.9' ? [['WebSubApi', 'issues'] as const] : []),
      ];
      for (const [kind, name] of names) await scene.remove(kind, name);
      for (const [kind, name] of names) await scene.gone(kind, name);
      expect(refused()).to.deep.equal([]);
    });
  });
}
