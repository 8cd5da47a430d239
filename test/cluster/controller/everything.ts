import { certificatePem } from '../../support/certificate-pem.ts';
import { minimal, type KindName } from '../../support/manifests.ts';
import { secret, type Scene } from './scene.ts';

type Api = 'v0.9' | 'v1';

const everything = (scene: Scene, api: Api): readonly object[] => [
  scene.resource('RestApi', 'books', { ...minimal.RestApi, context: '/books/$version' }),
  scene.resource('Mcp', 'tools', {
    ...minimal.Mcp,
    upstream: {
      url: 'http://mcp:3001',
      auth: { type: 'api-key', header: 'X-Key', value: { valueFrom: { name: 'vendor', key: 'key' } } },
    },
  }),
  scene.resource('LlmProviderTemplate', 'own'),
  scene.resource('LlmProvider', 'vendor', {
    ...minimal.LlmProvider,
    template: 'own',
    upstream: {
      url: 'https://vendor.example/v1',
      auth: { type: 'api-key', header: 'X-Key', value: { valueFrom: { name: 'vendor', key: 'key' } } },
    },
  }),
  scene.resource('LlmProxy', 'assistant'),
  scene.resource('ManagedSecret', 'token', {
    displayName: 'token',
    value: { valueFrom: { name: 'vendor', key: 'key' } },
  }),
  scene.resource('ApiKey', 'books-key', {
    parentRef: { kind: 'RestApi', name: 'books' },
    expiresIn: { duration: 1, unit: 'days' },
  }),
  scene.resource('Certificate', 'ca', {
    displayName: 'ca',
    certificate: { valueFrom: { name: 'vendor', key: 'ca.crt' } },
  }),
  scene.resource('SubscriptionPlan', 'gold', {
    planName: 'Gold',
    throttleLimitCount: 5,
    throttleLimitUnit: 'Min',
  }),
  scene.resource(
    'Subscription',
    'team-a',
    {
      apiId: 'books',
      subscriptionPlanId: 'gold',
      subscriptionToken: { valueFrom: { name: 'vendor', key: 'key' } },
    },
    { annotations: { 'gateway.api-platform.wso2.com/allow-recreate': 'true' } },
  ),
  scene.resource('Secret', 'plain', { displayName: 'plain', value: 'in the spec' }),
  ...(api === 'v0.9' ? [scene.resource('WebSubApi', 'issues')] : []),
];

const names = [
  ['RestApi', 'books'],
  ['Mcp', 'tools'],
  ['LlmProviderTemplate', 'own'],
  ['LlmProvider', 'vendor'],
  ['LlmProxy', 'assistant'],
  ['ManagedSecret', 'token'],
  ['ApiKey', 'books-key'],
  ['Certificate', 'ca'],
  ['SubscriptionPlan', 'gold'],
  ['Subscription', 'team-a'],
  ['Secret', 'plain'],
] as const;

/** Kind and name of everything that stands at a gateway of a generation: one of every kind that it has. */
export function namesFor(api: Api): readonly (readonly [KindName, string])[] {
  return api === 'v0.9' ? [...names, ['WebSubApi', 'issues']] : names;
}

/** Applies one of every kind that a gateway of a generation has, and waits until all stand there. */
export async function applyEverything(scene: Scene, api: Api, key: string): Promise<void> {
  await scene.apply(secret('vendor', { key, 'ca.crt': certificatePem('one') }), ...everything(scene, api));
  for (const [kind, name] of namesFor(api)) await scene.until(kind, name, 'Ready', 'True');
}
