import { expect } from 'chai';
import { freePorts } from '../../support/cluster/free-ports.ts';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import { installCrds } from '../../support/install.ts';
import { eventually, startScene, writes, type Scene, type StoredObject } from './scene.ts';

const gateways = 'apigateways.gateway.api-platform.wso2.com';

describe('gateways of both generations in one cluster', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;
  let newer: Gateway;
  let port: number;

  before(async () => {
    await installCrds();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 500 });
    scene = await startScene('generations', { api: 'v0.9' });
    [port = 0] = await freePorts(1, [2]);
    newer = await startGateway({ api: 'v1', port, pollIntervalMs: 0 });
    await scene.apply(scene.apiGateway('newer', newer));
  });
  after(async () => {
    await scene.end();
    await newer.stop();
    await controller.stop();
  });

  /** Another gateway, empty, behind the address of the newer one. */
  const replaceBy = async (api: 'v0.9' | 'v1') => {
    await newer.stop();
    newer = await startGateway({ api, port, pollIntervalMs: 0 });
  };
  const found = async (name: string) => {
    const { status } = (await scene.get(gateways, name))!;
    return (status as { apiVersion?: string } | undefined)?.apiVersion;
  };
  const stateAt = ({ status }: StoredObject, name: string) =>
    status?.gateways?.find((entry) => entry.name === name)?.state;
  const refusedWrites = () =>
    [...scene.gateway.calls, ...newer.calls]
      .filter(({ method, status }) => method !== 'GET' && status >= 400)
      .map(({ method, path, status }) => `${method} ${path} ${status}`);

  it('are asked which they are', async () => {
    await eventually(async () => {
      expect(await found('main')).to.equal('v0.9');
      expect(await found('newer')).to.equal('v1');
    });
  });

  it('hold the same resource, each in its own apiVersion', async () => {
    await scene.apply(scene.resource('RestApi', 'books'));
    await scene.until('RestApi', 'books', 'Ready', 'True');
    const apiVersion = (gateway: Gateway) => gateway.stored('rest-apis').map((one) => one.apiVersion);
    expect(apiVersion(scene.gateway)).to.deep.equal(['gateway.api-platform.wso2.com/v1alpha1']);
    expect(apiVersion(newer)).to.deep.equal(['gateway.api-platform.wso2.com/v1']);
  });

  it('are told of apart where only one of them knows a kind', async () => {
    const parentRef = { kind: 'WebSubApi', name: 'issues' };
    await scene.apply(
      scene.resource('ApiKey', 'issues-key', { parentRef }),
      scene.resource('WebSubApi', 'issues'),
    );
    const refused = await scene.until('WebSubApi', 'issues', 'Accepted', 'False', 'UnsupportedByGateway');
    const accepted = refused.status?.conditions?.find(({ type }) => type === 'Accepted');
    expect(accepted?.message).to.contain(`gateway ${scene.namespace}/newer: it speaks management API v1`);
    expect(accepted?.message).not.to.contain(`${scene.namespace}/main`);
    await eventually(async () => {
      for (const [kind, name] of [
        ['WebSubApi', 'issues'],
        ['ApiKey', 'issues-key'],
      ] as const) {
        const object = (await scene.get(kind, name))!;
        expect(stateAt(object, 'main'), kind).to.equal('Programmed');
        expect(stateAt(object, 'newer'), kind).not.to.equal('Programmed');
      }
    });
    expect(scene.gateway.stored('websub-apis')).to.have.length(1);
    expect(writes(newer).filter((call) => call.includes('websub'))).to.deep.equal([]);
  });

  it('are programmed by themselves with what an older one behind the same address knows', async () => {
    await replaceBy('v0.9');
    for (const [kind, name] of [
      ['WebSubApi', 'issues'],
      ['ApiKey', 'issues-key'],
      ['RestApi', 'books'],
    ] as const)
      await scene.until(kind, name, 'Ready', 'True');
    expect(newer.stored('websub-apis')).to.have.length(1);
    expect(newer.stored('rest-apis')).to.have.length(1);
    await eventually(async () => expect(await found('newer')).to.equal('v0.9'));
  });

  it('are refilled when a newer one stands there again, and nothing builds on what it does not know', async () => {
    await replaceBy('v1');
    const refused = await scene.until('WebSubApi', 'issues', 'Accepted', 'False', 'UnsupportedByGateway');
    expect(stateAt(refused, 'main')).to.equal('Programmed');
    await scene.until('ApiKey', 'issues-key', 'ResolvedRefs', 'False', 'ReferenceNotReady');
    await eventually(() => expect(newer.stored('rest-apis')).to.have.length(1));
    await scene.until('RestApi', 'books', 'Ready', 'True');
    newer.clearCalls();
    const asked = () => newer.calls.map(({ path }) => path);
    await eventually(() =>
      expect(asked().filter((path) => path === '/rest-apis')).to.have.length.greaterThan(4),
    );
    expect(asked().filter((path) => path.includes('websub'))).to.deep.equal([]);
    expect(refusedWrites()).to.deep.equal([]);
  });

  it('let go of what only the older one holds', async () => {
    await scene.remove('ApiKey', 'issues-key');
    await scene.remove('WebSubApi', 'issues');
    await scene.gone('ApiKey', 'issues-key');
    await scene.gone('WebSubApi', 'issues');
    expect(scene.gateway.stored('websub-apis')).to.deep.equal([]);
  });
});
