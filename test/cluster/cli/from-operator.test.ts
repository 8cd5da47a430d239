import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { portcullis } from '../../support/command.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { secret, startScene, writes, type Scene } from '../controller/scene.ts';

const prefix = 'gateway.api-platform.wso2.com';

describe("what the platform's own operator left, exported for Portcullis", function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let folder: string;
  let scene: Scene;
  let controller: RunningController | undefined;

  before(async () => {
    await installCrds();
    folder = await mkdtemp(join(tmpdir(), 'portcullis-operator-'));
    scene = await startScene('operator', { api: 'v0.9' });
  });
  after(async () => {
    controller ??= await startController(cluster().kubeconfig);
    await scene.end();
    await controller.stop();
    await rm(folder, { recursive: true });
  });

  const run = (...args: readonly string[]) =>
    portcullis(['export', '--from-operator', '-n', scene.namespace, ...args], {
      KUBECONFIG: cluster().kubeconfig,
    });
  const api = (name: string) => ({ ...minimal.RestApi, displayName: name, context: `/${name}` });
  const mcp = {
    ...minimal.Mcp,
    upstream: { url: 'http://mcp:3001', auth: { type: 'api-key', header: 'X' } },
  };
  const withKey = (value: unknown) => ({
    ...mcp,
    upstream: { ...mcp.upstream, auth: { ...mcp.upstream.auth, value } },
  });

  it('is taken over without a write at the gateway, where it is equal there', async () => {
    const post = async (collection: string, kind: string, name: string, spec: object) => {
      const response = await fetch(`${scene.gateway.url}/api/management/v0.9/${collection}`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
        body: JSON.stringify({ apiVersion: `${prefix}/v1alpha1`, kind, metadata: { name }, spec }),
      });
      expect(response.status).to.equal(201);
    };
    await post('rest-apis', 'RestApi', 'books', api('books'));
    await post('mcp-proxies', 'Mcp', 'tools', withKey('hush'));
    const left = (finalizer: string) => ({
      finalizers: [`${prefix}/${finalizer}`],
      annotations: { [`${prefix}/policy-valuefrom-fingerprint`]: 'x' },
    });
    await scene.apply(
      secret('creds', { key: 'hush' }),
      scene.resource('RestApi', 'books', api('books'), left('api-finalizer')),
      scene.resource(
        'Mcp',
        'tools',
        withKey({ valueFrom: { name: 'creds', key: 'key' } }),
        left('mcp-finalizer'),
      ),
      scene.resource('RestApi', 'own', api('own')),
    );
    scene.gateway.clearCalls();
    const marked = await run('--apply');
    expect(marked.code, marked.stderr).to.equal(0);
    expect(marked.stdout.split('\n')).to.have.members([
      `RestApi ${scene.namespace}/books is marked`,
      `Mcp ${scene.namespace}/tools is marked`,
      '',
    ]);
    const { code, stdout, stderr } = await run('--to', folder, '--layout', 'stream');
    expect([code, stdout], stderr).to.deep.equal([0, '']);
    await kubectl(['delete', `restapis.${prefix}`, 'own', '-n', scene.namespace]);
    await kubectl(['apply', '-R', '-f', folder]);
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 1000 });
    await scene.until('RestApi', 'books', 'Ready', 'True');
    await scene.until('Mcp', 'tools', 'Ready', 'True');
    expect(writes(scene.gateway)).to.deep.equal([]);
  });

  it('is nothing any more once it is ours', async () => {
    const { code, stderr } = await run('--to', join(folder, 'again'));
    expect(code).to.equal(0);
    expect(stderr).to.contain('nothing to export');
  });
});
