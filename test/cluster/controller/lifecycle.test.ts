import { expect } from 'chai';
import { finalizer } from '../../../src/model/annotations.ts';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, startScene, writes, type Scene } from './scene.ts';

for (const api of ['v0.9', 'v1'] as const) {
  describe(`the controller and a gateway of generation ${api}`, function () {
    this.timeout(120_000);
    const cluster = useCluster();
    let controller: RunningController;
    let scene: Scene;

    before(async () => {
      await installCrds();
      controller = await startController(cluster().kubeconfig, { driftIntervalMs: 60_000 });
      scene = await startScene('life', { api });
    });
    after(async () => {
      await scene.end();
      await controller.stop();
    });

    const books = (change: object = {}) =>
      scene.resource('RestApi', 'books', { ...minimal.RestApi, ...change });
    const stored = () =>
      scene.gateway.stored('rest-apis')[0] as { spec: Record<string, unknown> } | undefined;

    it('creates what is applied, and says so in status', async () => {
      await scene.apply(books());
      const object = await scene.until('RestApi', 'books', 'Ready', 'True');
      expect(stored()?.spec).to.deep.include({ displayName: 'Books', context: '/books' });
      expect(object.status?.programmed).to.equal('1/1');
      expect(object.metadata.finalizers).to.deep.equal([finalizer]);
      expect(object.status?.gateways?.[0]).to.include({
        namespace: scene.namespace,
        name: 'main',
        state: 'Programmed',
      });
    });

    it('writes once what has not changed', () => {
      expect(writes(scene.gateway)).to.have.length(1);
    });

    it('replaces what has changed', async () => {
      await scene.apply(books({ context: '/library' }));
      await eventually(() => expect(stored()?.spec.context).to.equal('/library'));
      await eventually(async () => {
        const object = await scene.get('RestApi', 'books');
        expect(object?.status?.observedGeneration).to.equal(2);
      });
    });

    it('undeploys what is to be undeployed', async () => {
      await scene.apply(books({ context: '/library', deploymentState: 'undeployed' }));
      await eventually(() => expect(stored()).to.have.nested.property('status.state', 'undeployed'));
    });

    it('removes what is deleted', async () => {
      await scene.remove('RestApi', 'books');
      await scene.gone('RestApi', 'books');
      expect(scene.gateway.stored('rest-apis')).to.deep.equal([]);
    });
  });
}
