import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { freePorts } from '../../support/cluster/free-ports.ts';
import { Guarded, type Process } from '../../support/cluster/guarded.ts';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { home, configuration, install, installCrdsInto } from '../../support/installation.ts';
import { startKubeProxy, type KubeCall, type KubeProxy } from '../../support/kube-proxy.ts';
import { root } from '../../support/root.ts';

const secret = 'portcullis-killed';
const types = ['validatingwebhookconfiguration', 'mutatingwebhookconfiguration'] as const;

describe('a webhook that is killed between the writing of its CA and the trust in it', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let processes: Guarded;
  let api: KubeProxy;
  let port = 0;
  let probePort = 0;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portcullis-killed-'));
    processes = new Guarded(folder, { removeFolder: true });
    api = await startKubeProxy(cluster().kubeconfig, join(folder, 'kubeconfig'));
    [port = 0, probePort = 0] = await freePorts(2);
    await installCrdsInto(cluster());
    await install(cluster(), port);
  });
  after(async () => {
    for (const type of types) await kubectl(['delete', type, configuration, '--ignore-not-found']);
    await processes.stop();
    await api.stop();
    await kubectl(['delete', 'secret', secret, '-n', home, '--ignore-not-found']);
  });

  const start = (name: string): Process => {
    const settings = {
      PORTCULLIS_NAMESPACE: home,
      PORTCULLIS_KUBECONFIG: api.kubeconfig,
      PORTCULLIS_HOST: '127.0.0.1',
      PORTCULLIS_PORT: String(port),
      PORTCULLIS_PROBE_HOST: '127.0.0.1',
      PORTCULLIS_PROBE_PORT: String(probePort),
      PORTCULLIS_CERTIFICATE_SECRET: secret,
      PORTCULLIS_DRAIN: '0ms',
    };
    const assignments = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
    return processes.start(name, 'env', [...assignments, process.execPath, join(root, 'webhook/main.ts')]);
  };
  const answer = async () => {
    const response = await fetch(`http://127.0.0.1:${probePort}/readyz`).catch(() => undefined);
    return response === undefined ? '' : `${response.status} ${await response.text()}`;
  };
  const until = async (holds: () => boolean | Promise<boolean>) => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const bundles = async () =>
    await Promise.all(
      types.map((type) =>
        kubectl(['get', type, configuration, '-o', 'jsonpath={.webhooks[*].clientConfig.caBundle}']),
      ),
    );

  it('is not ready before, and after a restart the CA that it left stands in both configurations', async () => {
    const isTrust = ({ method, path }: KubeCall) =>
      method === 'PATCH' && path.includes('admissionregistration.k8s.io');
    api.isLost = isTrust;
    const first = start('first');
    await until(() => api.calls.filter(isTrust).length === types.length);
    expect(await answer()).to.match(/^503 .*the CA does not stand in the webhook configurations yet/s);
    process.kill(await first.pid, 'SIGKILL');
    await first.ended;
    const left = await kubectl(['get', 'secret', secret, '-n', home, '-o', 'jsonpath={.data.ca\\.crt}']);
    expect((await bundles()).join('')).to.equal('');

    api.isLost = () => false;
    start('second');
    await until(async () => (await answer()).startsWith('200'));
    for (const bundle of await bundles()) expect(new Set(bundle.split(' '))).to.deep.equal(new Set([left]));
  });
});
