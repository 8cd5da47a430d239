import { expect } from 'chai';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, secret, startScene, writes, type Scene } from './scene.ts';

describe('what goes wrong at a gateway, and how the controller goes on without anybody editing', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;

  before(async () => {
    await installCrds();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 1000 });
    scene = await startScene('failure', { api: 'v1' });
  });
  after(async () => {
    await scene.end();
    await controller.stop();
  });
  afterEach(() => scene.gateway.faults.clear());

  const api = (name: string, change: object = {}) =>
    scene.resource('RestApi', name, {
      ...minimal.RestApi,
      displayName: name,
      context: `/${name}`,
      ...change,
    });

  it('tries again what was answered 503, after the time that the gateway asks for', async () => {
    const fault = scene.gateway.faults.add({
      method: 'POST',
      path: '/rest-apis',
      status: 503,
      times: 2,
      retryAfterSeconds: 1,
    });
    await scene.apply(api('busy'));
    await scene.until('RestApi', 'busy', 'Ready', 'True');
    expect(fault.taken).to.equal(2);
  });

  it('finds again what was created when the answer was lost', async () => {
    scene.gateway.clearCalls();
    scene.gateway.faults.add({ method: 'POST', path: '/rest-apis', connection: 'reset after', times: 1 });
    scene.gateway.faults.add({
      method: 'POST',
      path: '/subscription-plans',
      connection: 'reset after',
      times: 1,
    });
    await scene.apply(api('lost'), scene.resource('SubscriptionPlan', 'gold'));
    await scene.until('RestApi', 'lost', 'Ready', 'True');
    await scene.until('SubscriptionPlan', 'gold', 'Ready', 'True');
    expect(writes(scene.gateway).toSorted()).to.deep.equal(['POST /rest-apis', 'POST /subscription-plans']);
  });

  it("repeats the gateway's own words where it refuses, and takes a better spec at once", async () => {
    scene.gateway.faults.add({
      method: 'POST',
      path: '/rest-apis',
      status: 400,
      times: 1,
      body: '{"errors":[{"field":"spec.context","message":"is not to my taste"}],"message":"Configuration validation failed","status":"error"}',
    });
    await scene.apply(api('picky'));
    const refused = await scene.until('RestApi', 'picky', 'Ready', 'False', 'Refused');
    expect(JSON.stringify(refused.status)).to.contain('spec.context: is not to my taste');
    await scene.apply(api('picky', { context: '/better' }));
    await scene.until('RestApi', 'picky', 'Ready', 'True');
  });

  it('takes what another had, as soon as that is gone', async () => {
    const other = { ...minimal.RestApi, displayName: 'wanted' };
    const body = {
      apiVersion: 'gateway.api-platform.wso2.com/v1',
      kind: 'RestApi',
      metadata: { name: 'by-hand' },
      spec: other,
    };
    const response = await fetch(`${scene.gateway.url}/api/management/v1/rest-apis`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).to.equal(201);
    await scene.apply(api('wanted'));
    await scene.until('RestApi', 'wanted', 'Ready', 'False', 'Taken');
    scene.gateway.tamper.remove('rest-apis', 'by-hand');
    await scene.until('RestApi', 'wanted', 'Ready', 'True');
  });

  it('goes on when a password that had changed is put right', async () => {
    scene.gateway.setPassword('admin', 'changed');
    await eventually(async () => {
      const gateway = await scene.get('apigateways.gateway.api-platform.wso2.com', 'main');
      const reachable = gateway?.status?.conditions?.find(({ type }) => type === 'Reachable');
      expect(reachable?.status).to.equal('False');
    });
    await scene.apply(api('later'));
    await scene.until('RestApi', 'later', 'Ready', 'False', 'Unreachable');
    await scene.apply(secret('gateway-admin', { username: 'admin', password: 'changed' }));
    await scene.until('RestApi', 'later', 'Ready', 'True');
  });

  it('waits for a Secret that comes later', async () => {
    await scene.apply(
      scene.resource('ManagedSecret', 'late', {
        displayName: 'late',
        value: { valueFrom: { name: 'late', key: 'k' } },
      }),
    );
    await scene.until('ManagedSecret', 'late', 'ResolvedRefs', 'False', 'ValueNotFound');
    await scene.apply(secret('late', { k: 'v' }));
    await scene.until('ManagedSecret', 'late', 'Ready', 'True');
  });

  it('waits with a deletion for a gateway that is down, and names it', async () => {
    await scene.gateway.stop();
    await scene.remove('RestApi', 'later');
    const held = await scene.until('RestApi', 'later', 'Programmed', 'False', 'Removing');
    expect(JSON.stringify(held.status?.conditions)).to.contain(`${scene.namespace}/main`);
    await scene.gateway.start();
    await scene.gone('RestApi', 'later');
  });
});
