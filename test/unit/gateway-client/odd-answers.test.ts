import { expect } from 'chai';
import { ManagementClient, pathOf, type Place } from '../../../src/gateway/management-client.ts';
import type { Meaning } from '../../../src/gateway/gateway-error.ts';
import type { Transport } from '../../../src/gateway/transport.ts';
import { table } from '../../../src/kinds/table.ts';
import { documentOf } from '../../../src/model/document.ts';
import { unending } from '../../../src/runtime/tenure.ts';
import { certificatePem } from '../../support/certificate-pem.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import { minimal, type KindName } from '../../support/manifests.ts';
import { connect, failureOf, forever } from './connection.ts';

for (const generation of ['v0.9', 'v1'] as const) {
  describe(`the odd answers of a gateway of generation ${generation}`, () => {
    let gateway: Gateway;
    let transport: Transport;
    let client: ManagementClient;

    const placeOf = (kind: KindName): Place =>
      kind === 'ApiKey'
        ? { row: table.get(kind), parent: pathOf(table.get('RestApi'), 'books') }
        : { row: table.get(kind) };
    const document = (kind: KindName, name: string, change: object) =>
      documentOf(table.get(kind), {
        name,
        labels: {},
        annotations: {},
        spec: { ...minimal[kind], ...change },
        generation,
        mark: `portcullis/cluster/${kind}/shop/${name}`,
        expiresAt: (change as { expiresAt?: string }).expiresAt,
        idOf: (_kind, of) => of,
      });
    const create = async (kind: KindName, name: string, change: object = {}) =>
      (await client.create(placeOf(kind), name, document(kind, name, change), forever)) as { id: string };
    const put = async (kind: KindName, id: string, change: object = {}) =>
      await client.replace(placeOf(kind), id, document(kind, id, change), forever);
    const certificate = { displayName: 'ca', certificate: certificatePem('ca') };
    const subscription = { subscriptionToken: 'a-token' };
    const secretInUse = {
      url: 'http://b',
      auth: { type: 'api-key', header: 'x', value: '{{ secret "no" }}' },
    };

    before(async () => {
      gateway = await startGateway({ api: generation, pollIntervalMs: 0, keyQuota: 1 });
      transport = connect(gateway.url);
      client = new ManagementClient({ generation, tenure: unending(forever) }, { transport });
      await create('RestApi', 'books');
      await create('RestApi', 'films', { displayName: 'Films' });
      await create('LlmProvider', 'vendor');
      await create('LlmProxy', 'assistant');
      await create('ManagedSecret', 'secret', { value: 'abc' });
      await create('Certificate', 'ca', certificate);
      await create('ApiKey', 'a-key', { apiKey: 'a-key-of-some-length-that-nobody-guesses' });
      await create('SubscriptionPlan', 'silver', { planName: 'Silver' });
      await create('Subscription', 'reader', subscription);
    });
    after(async () => {
      await transport.close();
      await gateway.stop();
    });

    const plan = async (change: object) => (await create('SubscriptionPlan', 'p', change)).id;
    const cases: readonly (readonly [string, number, Meaning, () => Promise<unknown>])[] = [
      ['a title that is taken', 409, 'taken', () => create('RestApi', 'others')],
      ['a title that is taken by a PUT', 409, 'taken', () => put('RestApi', 'films')],
      ['a provider that is there', 400, 'taken', () => create('LlmProvider', 'vendor')],
      ['the title of another provider', 400, 'taken', () => create('LlmProvider', 'other')],
      [
        'a provider changed to an absent template',
        400,
        'parent',
        () => put('LlmProvider', 'vendor', { template: 'absent' }),
      ],
      [
        'a proxy changed to an absent provider',
        404,
        'parent',
        () => put('LlmProxy', 'assistant', { provider: { id: 'absent' } }),
      ],
      ['a proxy that is there', 409, 'taken', () => create('LlmProxy', 'assistant')],
      [
        'a secret that the gateway does not hold',
        400,
        'parent',
        () => create('LlmProvider', 'p', { displayName: 'p', upstream: secretInUse }),
      ],
      ['a secret that is there', 409, 'taken', () => create('ManagedSecret', 'secret', { value: 'x' })],
      ['a certificate whose name is there', 500, 'taken', () => create('Certificate', 'ca', certificate)],
      ['a plan that is there', 409, 'taken', () => create('SubscriptionPlan', 'x', { planName: 'Silver' })],
      [
        'a plan renamed to one that is there',
        500,
        'taken',
        async () => await put('SubscriptionPlan', await plan({ planName: 'One' }), { planName: 'Silver' }),
      ],
      [
        'a plan in use',
        500,
        'inUse',
        async () => {
          const id = await plan({ planName: 'Used' });
          await create('Subscription', 's', { subscriptionToken: 'used', subscriptionPlanId: id });
          await client.remove(placeOf('SubscriptionPlan'), id, forever);
        },
      ],
      ['a token that is taken', 409, 'taken', () => create('Subscription', 'again', subscription)],
      [
        'a subscription to what is not there',
        404,
        'parent',
        () => create('Subscription', 's', { ...subscription, apiId: 'absent' }),
      ],
      [
        'a subscription under no plan',
        400,
        'parent',
        () => create('Subscription', 's', { subscriptionToken: 't', subscriptionPlanId: 'absent' }),
      ],
      [
        'a subscription under a plan that is not active',
        400,
        'parent',
        async () => {
          const subscriptionPlanId = await plan({ planName: 'Idle', status: 'INACTIVE' });
          await create('Subscription', 's', { subscriptionToken: 't', subscriptionPlanId });
        },
      ],
      ['a key beyond the quota', 500, 'refused', () => create('ApiKey', 'one-more')],
      ['a key with a bad name', 500, 'refused', () => create('ApiKey', 'a--b')],
      [
        'a key that has expired',
        500,
        'refused',
        () => put('ApiKey', 'a-key', { apiKey: 'x', expiresAt: '2020-01-01T00:00:00Z' }),
      ],
      [
        'a key below what is not there',
        404,
        'parent',
        () =>
          client.create(
            { ...placeOf('ApiKey'), parent: '/rest-apis/absent' },
            'k',
            { name: 'a-name' },
            forever,
          ),
      ],
    ];
    for (const [what, status, means, call] of cases) {
      it(`say of ${what}, with ${status}: ${means}`, async () => {
        expect(await failureOf(call())).to.include({ status, means });
      });
    }
  });
}
