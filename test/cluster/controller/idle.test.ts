import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { table } from '../../../src/kinds/table.ts';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { startKubeProxy, type KubeProxy } from '../../support/kube-proxy.ts';
import { applyEverything, namesFor } from './everything.ts';
import { eventually, startScene, writes, type Scene } from './scene.ts';

for (const api of ['v0.9', 'v1'] as const) {
  describe(`a gateway of generation ${api} that holds one of every kind, as it should`, function () {
    this.timeout(180_000);
    const cluster = useCluster();
    let folder: string;
    let proxy: KubeProxy;
    let controller: RunningController;
    let scene: Scene;

    before(async () => {
      await installCrds();
      folder = await mkdtemp(join(tmpdir(), 'portcullis-idle-'));
      proxy = await startKubeProxy(cluster().kubeconfig, join(folder, 'kubeconfig'));
      controller = await startController(proxy.kubeconfig, { driftIntervalMs: 500 });
      scene = await startScene('idle', { api });
      await applyEverything(scene, api, 'canary');
    });
    after(async () => {
      await scene.end();
      await controller.stop();
      await proxy.stop();
      await rm(folder, { recursive: true });
    });

    /** How often the collection of a kind was listed: once for each full comparison at least. */
    const lists = () =>
      scene.gateway.calls.filter(({ path, user }) => path === '/rest-apis' && user !== undefined).length;
    const comparisons = async (count: number) => {
      const before = lists();
      await eventually(() => expect(lists()).to.be.at.least(before + count), 60_000);
    };
    /** Leases are renewed by the clock; everything else would be a write for nothing. */
    const kubeWrites = () =>
      proxy.calls
        .filter(({ method, path }) => method !== 'GET' && !path.includes('/leases'))
        .map(({ method, path }) => `${method} ${path}`);

    it('has one of every kind of the table that it serves', () => {
      const served = table.rows.filter(({ collection }) => collection.generations.includes(api));
      expect(namesFor(api).map(([kind]) => kind)).to.have.members(served.map(({ kind }) => kind));
    });

    it('is compared ten times, and nothing is written, neither there nor at the API server', async () => {
      // Counts in the status of the gateway move every ten seconds; until they have, there is something to say.
      const counted = { bound: namesFor(api).length, programmed: namesFor(api).length };
      await eventually(async () => {
        expect((await scene.get('apigateway', 'main'))?.status).to.include(counted);
      });
      await eventually(async () => {
        const before = kubeWrites().length;
        await comparisons(12);
        expect(kubeWrites().slice(before)).to.deep.equal([]);
      }, 90_000);
      scene.gateway.clearCalls();
      const before = kubeWrites().length;
      await comparisons(10);
      expect(writes(scene.gateway)).to.deep.equal([]);
      expect(kubeWrites().slice(before)).to.deep.equal([]);
    });
  });
}
