import { expect } from 'chai';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { certificatePem } from '../../support/certificate-pem.ts';
import { applyEverything, namesFor } from './everything.ts';
import { eventually, secret, startScene, writes, type Scene } from './scene.ts';

for (const api of ['v0.9', 'v1'] as const) {
  describe(`what happens at a gateway of generation ${api} behind our back`, function () {
    this.timeout(120_000);
    const cluster = useCluster();
    let controller: RunningController;
    let scene: Scene;
    const names = namesFor(api);

    before(async () => {
      await installCrds();
      controller = await startController(cluster().kubeconfig, { driftIntervalMs: 1000 });
      scene = await startScene('drift', { api });
      await applyEverything(scene, api, 'canary-1');
    });
    after(async () => {
      await scene.end();
      await controller.stop();
    });

    /** Waits until the gateway has been compared in full so many times. */
    const comparisons = async (count: number) => {
      const lists = () =>
        scene.gateway.calls.filter((call) => call.path === '/rest-apis' && call.user !== undefined).length;
      const before = lists();
      await eventually(() => expect(lists()).to.be.at.least(before + count));
    };
    const stored = (collection: string) => scene.gateway.stored(collection);

    it('is nothing: then nothing is written, neither there nor in Kubernetes', async () => {
      await comparisons(3);
      scene.gateway.clearCalls();
      const versions = async () =>
        await Promise.all(
          names.map(async ([kind, name]) => JSON.stringify((await scene.get(kind, name))?.metadata)),
        );
      const before = await versions();
      await comparisons(4);
      expect(writes(scene.gateway)).to.deep.equal([]);
      expect(await versions()).to.deep.equal(before);
    });

    it('is a removal: what was removed comes back, with the same key', async () => {
      const key = () => (stored('rest-apis/books/api-keys')[0] as { apiKey?: string } | undefined)?.apiKey;
      const before = key();
      scene.gateway.tamper.remove('rest-apis/books/api-keys', 'books-key');
      scene.gateway.tamper.remove('mcp-proxies', 'tools');
      await eventually(() => {
        expect(stored('mcp-proxies')).to.have.length(1);
        expect(key()).to.equal(before);
      });
    });

    it('is that everything is lost: everything comes back, in order', async () => {
      scene.gateway.clearCalls();
      scene.gateway.restartEmpty();
      await eventually(() => {
        for (const path of [
          'rest-apis',
          'llm-proxies',
          'certificates',
          'subscriptions',
          'rest-apis/books/api-keys',
        ]) {
          expect(stored(path), path).to.have.length(1);
        }
      });
      const refused = scene.gateway.calls.filter(({ method, status }) => method !== 'GET' && status >= 400);
      expect(refused.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([]);
      for (const [kind, name] of names) await scene.until(kind, name, 'Ready', 'True');
    });

    it('is that a value in Kubernetes changes: it is sent for every kind that uses it', async () => {
      await comparisons(2);
      scene.gateway.clearCalls();
      await scene.apply(secret('vendor', { key: 'canary-2', 'ca.crt': certificatePem('two') }));
      await eventually(() => {
        const done = writes(scene.gateway).map((call) => call.replace(/[0-9a-f-]{36}/, '<id>'));
        expect(done).to.include.members([
          'PUT /llm-providers/vendor',
          'PUT /mcp-proxies/tools',
          'PUT /secrets/token',
        ]);
        expect(done).to.include.members(['POST /certificates', 'DELETE /certificates/<id>']);
        expect(done).to.include.members(['POST /subscriptions', 'DELETE /subscriptions/<id>']);
      });
      await comparisons(3);
      for (const path of ['certificates', 'subscriptions']) expect(stored(path), path).to.have.length(1);
    });

    it('never shows a secret in a status, an event or a message', async () => {
      for (const [kind, name] of names) {
        expect(JSON.stringify(await scene.get(kind, name))).not.to.contain('canary');
      }
    });
  });
}
