import { expect } from 'chai';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, startScene, writes, type Scene } from './scene.ts';

interface Kept {
  readonly name: string;
  readonly value: string;
  readonly expiresAt?: string;
  readonly createdBy: string;
}

const given = 'a-key-that-somebody-gave-and-nobody-guesses';

describe('a key at a gateway', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;

  const key = (name: string, change: object = {}, metadata: object = {}) =>
    scene.resource('ApiKey', name, { ...minimal.ApiKey, ...change }, metadata);
  const kept = () => scene.gateway.stored('rest-apis/books/api-keys') as unknown as readonly Kept[];
  const find = (name: string) => kept().find((one) => one.name === name);
  const moment = (text: string | undefined) => Date.parse(text ?? '');
  const compared = async (times = 3) => {
    const lists = () =>
      scene.gateway.calls.filter(({ method, path }) => method === 'GET' && path.endsWith('/api-keys')).length;
    const before = lists();
    await eventually(() => expect(lists()).to.be.at.least(before + times));
  };
  const keyWrites = () => writes(scene.gateway).filter((call) => call.includes('api-keys'));

  before(async () => {
    await installCrds();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 500 });
    scene = await startScene('keys', { api: 'v1' });
    await scene.apply(scene.resource('RestApi', 'books'));
    await scene.until('RestApi', 'books', 'Ready', 'True');
  });
  after(async () => {
    await scene.end();
    await controller.stop();
  });
  beforeEach(() => scene.gateway.clearCalls());

  for (const policy of ['IfEqual', 'IfUnowned'] as const) {
    it(`never overwrites that of another user, where the adoption-policy is ${policy}`, async () => {
      const name = `theirs-${policy.toLowerCase()}`;
      const response = await fetch(`${scene.gateway.url}/api/management/v1/rest-apis/books/api-keys`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('consumer:consumer')}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name, apiKey: `${given}-${name}` }),
      });
      expect(response.status).to.equal(201);
      scene.gateway.clearCalls();
      const annotations = { 'gateway.api-platform.wso2.com/adoption-policy': policy };
      await scene.apply(key(name, {}, { annotations }));
      await scene.until('ApiKey', name, 'Programmed', 'False', 'Taken');
      await compared();
      expect(keyWrites()).to.deep.equal([]);
      expect(find(name)).to.include({ value: `${given}-${name}`, createdBy: 'consumer' });
      scene.gateway.tamper.remove('rest-apis/books/api-keys', name);
      await scene.until('ApiKey', name, 'Ready', 'True');
      expect(find(name)?.createdBy).to.equal('admin');
    });
  }

  it('that we had and another user has now is theirs', async () => {
    await scene.apply(key('ours-once'));
    await scene.until('ApiKey', 'ours-once', 'Ready', 'True');
    await controller.stop();
    scene.gateway.tamper.remove('rest-apis/books/api-keys', 'ours-once');
    await fetch(`${scene.gateway.url}/api/management/v1/rest-apis/books/api-keys`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('consumer:consumer')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'ours-once', apiKey: `${given}-once` }),
    });
    scene.gateway.clearCalls();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 500 });
    await scene.until('ApiKey', 'ours-once', 'Programmed', 'False', 'Taken');
    expect(keyWrites()).to.deep.equal([]);
    expect(find('ours-once')?.value).to.equal(`${given}-once`);
  });

  it('ends when it was said to end at its first write, whenever it is written again', async () => {
    await scene.apply(key('for-an-hour', { expiresIn: { duration: 1, unit: 'hours' } }));
    const { status } = await scene.until('ApiKey', 'for-an-hour', 'Ready', 'True');
    expect(moment(find('for-an-hour')?.expiresAt)).to.equal(moment(status?.expiresAt));
    await scene.apply(key('for-an-hour', { expiresIn: { duration: 1, unit: 'hours' }, apiKey: given }));
    await eventually(() => expect(find('for-an-hour')?.value).to.equal(given));
    expect(moment(find('for-an-hour')?.expiresAt)).to.equal(moment(status?.expiresAt));
    await controller.stop();
    scene.gateway.restartEmpty();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 500 });
    await eventually(() => expect(find('for-an-hour')?.value).to.equal(given));
    expect(moment(find('for-an-hour')?.expiresAt)).to.equal(moment(status?.expiresAt));
    for (const { body } of scene.gateway.calls.filter(({ method }) => method !== 'GET'))
      expect(body).not.to.contain('expiresIn');
  });

  it('says that it has expired, goes with its resource, and is not sent again to who lost it', async () => {
    const expiresIn = { duration: 8, unit: 'seconds' };
    await scene.apply(key('for-a-moment', { expiresIn }), key('soon-over', { expiresIn }));
    for (const name of ['for-a-moment', 'soon-over'])
      await scene.until('ApiKey', name, 'Programmed', 'False', 'Expired');
    expect(find('soon-over')).not.to.equal(undefined);
    await scene.remove('ApiKey', 'soon-over');
    await scene.gone('ApiKey', 'soon-over');
    expect(find('soon-over')).to.equal(undefined);
    expect(find('for-a-moment')).not.to.equal(undefined);

    scene.gateway.clearCalls();
    scene.gateway.restartEmpty();
    await eventually(() => expect(find('for-an-hour')?.value).to.equal(given));
    await compared();
    expect(find('for-a-moment')).to.equal(undefined);
    const sent = scene.gateway.calls.filter(
      ({ method, body }) => method !== 'GET' && body.includes('moment'),
    );
    expect(sent).to.deep.equal([]);
    await scene.until('ApiKey', 'for-a-moment', 'Programmed', 'False', 'Expired');
  });

  it('is not sent where its name is one that no gateway takes, or its end lies behind it', async () => {
    await scene.apply(key('ab'), key('too-late', { expiresAt: '2020-01-01T00:00:00Z' }));
    await scene.until('ApiKey', 'ab', 'Accepted', 'False', 'Invalid');
    await scene.until('ApiKey', 'too-late', 'Programmed', 'False', 'Expired');
    await compared();
    const sent = scene.gateway.calls.filter(
      ({ method, body }) => method !== 'GET' && /"ab"|too-late/.test(body),
    );
    expect(sent).to.deep.equal([]);
  });

  it('is not sent where the gateway says that its parent is not there, whatever our status says', async () => {
    const absent = '{"message":"configuration not found: API configuration handle not found"}';
    scene.gateway.faults.add({
      method: 'GET',
      path: '/rest-apis/books/api-keys',
      status: 404,
      body: absent,
    });
    await scene.apply(key('orphaned'));
    await scene.until('ApiKey', 'orphaned', 'ResolvedRefs', 'False', 'ReferenceNotReady');
    expect(keyWrites()).to.deep.equal([]);
    scene.gateway.faults.clear();
    await scene.until('ApiKey', 'orphaned', 'Ready', 'True');
  });
});
