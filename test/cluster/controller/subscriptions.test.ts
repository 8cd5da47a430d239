import { expect } from 'chai';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, secret, startScene, writes, type Scene } from './scene.ts';

const group = 'gateway.api-platform.wso2.com';
const annotation = `${group}/allow-recreate`;
const allowed = { annotations: { [annotation]: 'true' } };

interface Kept {
  readonly id: string;
  readonly token: string;
  readonly status: string;
  readonly subscriptionPlanId?: string;
}

const kept = (gateway: Gateway) => gateway.stored('subscriptions') as unknown as readonly Kept[];
const tokens = (gateway: Gateway) => kept(gateway).map(({ token }) => token);
const refused = (gateway: Gateway) =>
  gateway.calls.filter(({ method, status }) => method !== 'GET' && status >= 400 && status < 500);

/** Until a gateway has been compared in full some times more. */
async function compared(gateway: Gateway, times = 3): Promise<void> {
  const lists = () =>
    gateway.calls.filter(({ method, path }) => method === 'GET' && path === '/subscriptions').length;
  const before = lists();
  await eventually(() => expect(lists()).to.be.at.least(before + times));
}

describe('a subscription whose gateway can change only its status', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;
  let second: Gateway;

  const reader = (change: object = {}, metadata: object = {}) =>
    scene.resource(
      'Subscription',
      'reader',
      {
        apiId: 'books',
        subscriptionPlanId: 'gold',
        subscriptionToken: { valueFrom: { name: 'token', key: 'token' } },
        ...change,
      },
      metadata,
    );
  const rotate = async (token: string) => await scene.apply(secret('token', { token }));
  const plan = (name: string, spec: object = {}) =>
    scene.resource('SubscriptionPlan', name, { planName: name, ...spec });
  const planId = (gateway: Gateway, name: string) =>
    gateway.stored('subscription-plans').find(({ planName }) => planName === name)?.id;
  const both = () => [scene.gateway, second];
  const clear = () => {
    for (const gateway of both()) gateway.clearCalls();
  };

  before(async () => {
    await installCrds();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 500 });
    scene = await startScene('subs', { api: 'v1' });
    second = await startGateway({ api: 'v0.9', pollIntervalMs: 0 });
    await scene.apply(
      scene.apiGateway('second', second),
      secret('token', { token: 'token-one' }),
      scene.resource('RestApi', 'books'),
      plan('gold'),
      plan('silver'),
      reader(),
    );
    await scene.until('Subscription', 'reader', 'Ready', 'True');
  });
  after(async () => {
    await scene.end();
    await second.stop();
    await controller.stop();
  });
  afterEach(() => scene.gateway.faults.clear());

  it('goes on as it was when its token is rotated, and says which field, and both ways out', async () => {
    await rotate('token-two');
    const object = await scene.until('Subscription', 'reader', 'Programmed', 'False', 'RecreateRequired');
    const { message } = object.status!.conditions!.find(({ type }) => type === 'Programmed')!;
    expect(message).to.contain("can't change spec.subscriptionToken, and goes on with what it has");
    expect(message).to.contain(`put it back, or annotate the resource with ${annotation}: "true"`);
    expect(message).not.to.contain('token-');
    await eventually(async () => {
      const { status } = (await scene.get('Subscription', 'reader'))!;
      expect(status?.programmed).to.equal('0/2');
    });
    clear();
    await compared(scene.gateway);
    for (const gateway of both()) {
      expect(writes(gateway)).to.deep.equal([]);
      expect(tokens(gateway)).to.deep.equal(['token-one']);
    }
  });

  it('follows what can be changed all the same, such as a revocation', async () => {
    await scene.apply(reader({ status: 'REVOKED' }));
    for (const gateway of both())
      await eventually(() =>
        expect(kept(gateway).map(({ token, status }) => ({ token, status }))).to.deep.equal([
          { token: 'token-one', status: 'REVOKED' },
        ]),
      );
    await scene.until('Subscription', 'reader', 'Programmed', 'False', 'RecreateRequired');
    await scene.apply(reader());
    for (const gateway of both()) await eventually(() => expect(kept(gateway)[0]?.status).to.equal('ACTIVE'));
  });

  it('is created with what is wanted when the one that went on vanishes', async () => {
    second.tamper.remove('subscriptions', kept(second)[0]!.id);
    await eventually(() => expect(tokens(second)).to.deep.equal(['token-two']));
    expect(tokens(scene.gateway)).to.deep.equal(['token-one']);
  });

  it('is well again when the field is put back', async () => {
    clear();
    await rotate('token-one');
    await eventually(async () => {
      const { status } = (await scene.get('Subscription', 'reader'))!;
      expect(status?.gateways?.map(({ state }) => state)).to.deep.equal(['Programmed', 'Refused']);
    });
    second.tamper.remove('subscriptions', kept(second)[0]!.id);
    await scene.until('Subscription', 'reader', 'Ready', 'True');
    expect(writes(scene.gateway)).to.deep.equal([]);
  });

  it('is made anew where the annotation allows it, the new one before the old', async () => {
    await scene.apply(reader({}, allowed));
    const former = both().map((gateway) => kept(gateway)[0]!.id);
    clear();
    await rotate('token-three');
    for (const [at, gateway] of both().entries()) {
      await eventually(() => expect(tokens(gateway)).to.deep.equal(['token-three']));
      expect(writes(gateway)).to.deep.equal(['POST /subscriptions', `DELETE /subscriptions/${former[at]}`]);
    }
    await eventually(async () => {
      const object = await scene.until('Subscription', 'reader', 'Ready', 'True');
      const ids = object.status!.gateways!.map(({ id }) => id);
      expect(ids).to.deep.equal(both().map((gateway) => kept(gateway)[0]!.id));
    });
  });

  it('goes first where the gateway would not take a second one with its token', async () => {
    const [former] = kept(scene.gateway);
    clear();
    await scene.apply(reader({ subscriptionPlanId: 'silver' }, allowed));
    for (const gateway of both()) {
      const there = () => kept(gateway).map(({ subscriptionPlanId }) => subscriptionPlanId);
      await eventually(() => expect(there()).to.deep.equal([planId(gateway, 'silver')]));
    }
    expect(writes(scene.gateway)).to.deep.equal([
      `DELETE /subscriptions/${former!.id}`,
      'POST /subscriptions',
    ]);
    await scene.until('Subscription', 'reader', 'Ready', 'True');
    expect(both().flatMap(refused)).to.deep.equal([]);
  });

  it('stays where the new one would be refused, as far as that can be known', async () => {
    await scene.apply(plan('bronze', { status: 'INACTIVE' }));
    await scene.until('SubscriptionPlan', 'bronze', 'Ready', 'True');
    clear();
    await scene.apply(reader({ subscriptionPlanId: 'bronze' }, allowed));
    const object = await scene.until('Subscription', 'reader', 'ResolvedRefs', 'False', 'ReferenceNotReady');
    expect(JSON.stringify(object.status)).to.contain('bronze, which is INACTIVE');
    for (const gateway of both()) expect(writes(gateway)).to.deep.equal([]);
    await scene.apply(plan('bronze'));
    await scene.until('Subscription', 'reader', 'Ready', 'True');
    expect(kept(second).map(({ subscriptionPlanId }) => subscriptionPlanId)).to.deep.equal([
      planId(second, 'bronze'),
    ]);
    expect(both().flatMap(refused)).to.deep.equal([]);
  });

  it('is put back where the gateway refuses the new one when the old is gone', async () => {
    scene.gateway.faults.add({
      method: 'POST',
      path: '/subscriptions',
      status: 400,
      times: 1,
      body: '{"message":"not to my taste"}',
    });
    const before = kept(scene.gateway)[0]!;
    await scene.apply(reader({ subscriptionPlanId: 'gold', applicationId: 'app-1' }, allowed));
    const object = await scene.until('Subscription', 'reader', 'Programmed', 'False', 'Refused');
    expect(JSON.stringify(object.status)).to.contain(
      'not to my taste; it was deleted for that, and put back',
    );
    const [again, ...more] = kept(scene.gateway);
    expect(more).to.deep.equal([]);
    expect(again).to.deep.include({
      token: before.token,
      subscriptionPlanId: before.subscriptionPlanId,
    });
    clear();
    await compared(scene.gateway);
    expect(writes(scene.gateway)).to.deep.equal([]);
    await scene.apply(reader({ subscriptionPlanId: 'gold' }, allowed));
    await scene.until('Subscription', 'reader', 'Ready', 'True');
  });

  it('is made anew only on the gateway that allows it', async () => {
    const unsaid = { annotations: {} };
    await scene.apply(reader({ subscriptionPlanId: 'gold' }, unsaid));
    await kubectl([
      'annotate',
      `apigateways.${group}`,
      'second',
      '-n',
      scene.namespace,
      `${annotation}=true`,
    ]);
    await rotate('token-four');
    await eventually(() => expect(tokens(second)).to.deep.equal(['token-four']));
    const object = await scene.until('Subscription', 'reader', 'Programmed', 'False', 'RecreateRequired');
    expect(tokens(scene.gateway)).to.deep.equal(['token-three']);
    await eventually(async () => {
      const { status } = (await scene.get('Subscription', 'reader'))!;
      expect(status?.programmed, JSON.stringify(object.status)).to.equal('1/2');
    });
    await kubectl(['annotate', 'namespace', scene.namespace, `${annotation}=true`]);
    await eventually(() => expect(tokens(scene.gateway)).to.deep.equal(['token-four']));
    await scene.until('Subscription', 'reader', 'Ready', 'True');
  });

  it("is taken for absent only by the list, as a 404 may be any fault of the gateway's storage", async () => {
    const ids = both().map((gateway) => kept(gateway)[0]!.id);
    for (const { faults } of both())
      faults.add({
        method: 'GET',
        path: '/subscriptions/*',
        status: 404,
        body: '{"message":"Subscription not found"}',
      });
    clear();
    await scene.apply(reader({ subscriptionPlanId: 'gold', status: 'INACTIVE' }));
    for (const [at, gateway] of both().entries()) {
      await eventually(() => expect(kept(gateway)[0]?.status).to.equal('INACTIVE'));
      expect(writes(gateway)).to.deep.equal([`PUT /subscriptions/${ids[at]}`]);
      gateway.faults.clear();
    }
  });
});

describe('a subscription that was created, and nobody heard the answer', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;

  const start = async () => await startController(cluster().kubeconfig, { driftIntervalMs: 500 });
  const named = (name: string, change: object = {}) =>
    scene.resource('Subscription', name, {
      apiId: 'books',
      subscriptionToken: `token-of-${name}`,
      ...change,
    });
  const byHand = async (subscriptionToken: string, billingSubscriptionId: string, apiId = 'books') => {
    const response = await fetch(`${scene.gateway.url}/api/management/v1/subscriptions`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ apiId, subscriptionToken, billingSubscriptionId }),
    });
    expect(response.status).to.equal(201);
    return ((await response.json()) as Kept).id;
  };
  const idOf = async (name: string) => (await scene.get('Subscription', name))?.status?.id;

  before(async () => {
    await installCrds();
    controller = await start();
    scene = await startScene('lost', { api: 'v1' });
    await scene.apply(
      scene.resource('RestApi', 'books'),
      scene.resource('RestApi', 'films', { ...minimal.RestApi, displayName: 'Films', context: '/films' }),
    );
    for (const name of ['books', 'films']) await scene.until('RestApi', name, 'Ready', 'True');
  });
  after(async () => {
    await scene.end();
    await controller.stop();
  });
  beforeEach(() => scene.gateway.clearCalls());
  afterEach(() => {
    scene.gateway.faults.clear();
    for (const { id } of kept(scene.gateway)) scene.gateway.tamper.remove('subscriptions', id);
  });

  for (const [by, change] of [
    ['our mark', {}],
    ["the author's own reference", { billingSubscriptionId: 'contract-1', applicationId: 'app' }],
  ] as const) {
    it(`is found again by ${by}, by the controller that follows one that was killed meanwhile`, async () => {
      const name = by === 'our mark' ? 'marked' : 'referred';
      const fault = scene.gateway.faults.add({
        method: 'POST',
        path: '/subscriptions',
        connection: 'lost answer',
        times: 1,
      });
      await scene.apply(named(name, change));
      await eventually(() => expect(kept(scene.gateway)).to.have.length(1));
      await controller.stop();
      expect(fault.taken).to.equal(1);
      controller = await start();
      await scene.until('Subscription', name, 'Ready', 'True');
      expect(writes(scene.gateway)).to.deep.equal(['POST /subscriptions']);
      expect(await idOf(name)).to.equal(kept(scene.gateway)[0]!.id);
      await scene.remove('Subscription', name);
      await scene.gone('Subscription', name);
      expect(kept(scene.gateway)).to.deep.equal([]);
    });
  }

  it('is not taken for one of another API or plan that bears the same reference', async () => {
    const other = await byHand('a-token', 'contract-2', 'films');
    await scene.apply(named('elsewhere', { billingSubscriptionId: 'contract-2' }));
    await scene.until('Subscription', 'elsewhere', 'Ready', 'True');
    expect(await idOf('elsewhere')).not.to.equal(other);
    expect(tokens(scene.gateway)).to.deep.equal(['a-token', 'token-of-elsewhere']);
    await scene.remove('Subscription', 'elsewhere');
    await scene.gone('Subscription', 'elsewhere');
  });

  it('is not taken for that of another resource that bears the same reference', async () => {
    const reference = { billingSubscriptionId: 'contract-3' };
    await scene.apply(named('first', reference));
    await scene.until('Subscription', 'first', 'Ready', 'True');
    await scene.apply(named('other', reference));
    await scene.until('Subscription', 'other', 'Ready', 'True');
    expect(tokens(scene.gateway)).to.deep.equal(['token-of-first', 'token-of-other']);
    for (const name of ['first', 'other']) {
      await scene.remove('Subscription', name);
      await scene.gone('Subscription', name);
    }
  });

  it('is left to a person where several could be it, and taken over when one of them is left', async () => {
    const ids = [await byHand('token-a', 'contract-4'), await byHand('token-b', 'contract-4')];
    scene.gateway.clearCalls();
    await scene.apply(named('doubtful', { billingSubscriptionId: 'contract-4' }));
    const object = await scene.until('Subscription', 'doubtful', 'Programmed', 'False', 'Ambiguous');
    for (const id of ids) expect(JSON.stringify(object.status)).to.contain(id);
    await compared(scene.gateway);
    expect(writes(scene.gateway)).to.deep.equal([]);
    scene.gateway.tamper.remove('subscriptions', ids[0]!);
    await scene.until('Subscription', 'doubtful', 'Ready', 'True');
    expect(await idOf('doubtful')).to.equal(ids[1]);
    expect(writes(scene.gateway)).to.deep.equal([]);
    await scene.remove('Subscription', 'doubtful');
    await scene.gone('Subscription', 'doubtful');
  });

  it('is left to a person where two bear our mark, too', async () => {
    await scene.apply(named('twice'));
    await scene.until('Subscription', 'twice', 'Ready', 'True');
    const [ours] = kept(scene.gateway) as unknown as readonly { id: string; billingSubscriptionId: string }[];
    await controller.stop();
    scene.gateway.tamper.remove('subscriptions', ours!.id);
    const ids = [await byHand('token-a', ours!.billingSubscriptionId)];
    ids.push(await byHand('token-b', ours!.billingSubscriptionId));
    scene.gateway.clearCalls();
    controller = await start();
    const object = await scene.until('Subscription', 'twice', 'Programmed', 'False', 'Ambiguous');
    for (const id of ids) expect(JSON.stringify(object.status)).to.contain(id);
    await compared(scene.gateway);
    expect(writes(scene.gateway)).to.deep.equal([]);
    scene.gateway.tamper.remove('subscriptions', ids[1]!);
    await scene.until('Subscription', 'twice', 'Ready', 'True');
    expect(await idOf('twice')).to.equal(ids[0]);
    await scene.remove('Subscription', 'twice');
    await scene.gone('Subscription', 'twice');
  });
});
