import { expect } from 'chai';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, startScene, writes, type Scene } from './scene.ts';

for (const api of ['v0.9', 'v1'] as const) {
  describe(`keys at the quota of a gateway of generation ${api}`, function () {
    this.timeout(60_000);
    const cluster = useCluster();
    let controller: RunningController;
    let scene: Scene;

    before(async () => {
      await installCrds();
      controller = await startController(cluster().kubeconfig, { driftIntervalMs: 500 });
      scene = await startScene('quota', { api, keyQuota: 2 });
      await scene.apply(
        scene.resource('RestApi', 'books'),
        ...['first-key', 'second-key'].map((name) => scene.resource('ApiKey', name)),
      );
      for (const name of ['first-key', 'second-key']) await scene.until('ApiKey', name, 'Ready', 'True');
    });
    after(async () => {
      await scene.end();
      await controller.stop();
    });

    it('can be changed all the same, once, though the gateway refuses the POST that replaces', async () => {
      const expiresAt = '2040-01-01T00:00:00Z';
      await scene.apply(scene.resource('ApiKey', 'first-key', { ...minimal.ApiKey, expiresAt }));
      await eventually(() =>
        expect(JSON.stringify(scene.gateway.stored('rest-apis/books/api-keys'))).to.contain('2040-01-01'),
      );
      await scene.until('ApiKey', 'first-key', 'Ready', 'True');
      scene.gateway.clearCalls();
      const lists = () => scene.gateway.calls.filter(({ path }) => path.endsWith('/books/api-keys')).length;
      await eventually(() => expect(lists()).to.be.at.least(3));
      expect(writes(scene.gateway)).to.deep.equal([]);
    });

    it('go with their resources, the mark that the change lost or not', async () => {
      await scene.remove('ApiKey', 'first-key');
      await scene.gone('ApiKey', 'first-key');
      expect(scene.gateway.stored('rest-apis/books/api-keys')).to.have.length(1);
    });
  });
}
