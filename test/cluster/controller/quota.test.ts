import { expect } from 'chai';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import type { Gateway } from '../../support/gateway/emulator.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, startScene, writes, type Scene } from './scene.ts';

const keysAt = (gateway: Gateway) =>
  (gateway.stored('rest-apis/books/api-keys') as unknown as readonly { name: string }[])
    .map(({ name }) => name)
    .toSorted();

/** Until the keys have been compared some times more. */
async function compared({ calls }: Scene['gateway'], times = 3): Promise<void> {
  const isList = ({ method, path }: (typeof calls)[number]) => method === 'GET' && path.endsWith('/api-keys');
  const before = calls.filter(isList).length;
  await eventually(() => expect(calls.filter(isList).length).to.be.at.least(before + times));
}

for (const api of ['v0.9', 'v1'] as const) {
  describe(`keys at the quota of a gateway of generation ${api}`, function () {
    this.timeout(120_000);
    const cluster = useCluster();
    let controller: RunningController;
    let scene: Scene;

    const key = (name: string, change: object = {}) =>
      scene.resource('ApiKey', name, { ...minimal.ApiKey, ...change });
    const byHand = async (name: string, user: string) => {
      const response = await fetch(`${scene.gateway.url}/api/management/${api}/rest-apis/books/api-keys`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${user}:${user}`)}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name }),
      });
      expect(response.status).to.equal(201);
    };
    const programmed = async (...names: readonly string[]) => {
      for (const name of names) await scene.until('ApiKey', name, 'Ready', 'True');
    };
    /** As often as creations were answered by anything but success. */
    const failed = () =>
      scene.gateway.calls.filter(({ method, status }) => method !== 'GET' && status >= 400).length;

    before(async () => {
      await installCrds();
      controller = await startController(cluster().kubeconfig, { driftIntervalMs: 500 });
    });
    after(async () => {
      await controller.stop();
    });

    describe('that its APIGateway names', () => {
      before(async () => {
        scene = await startScene('quota', { api, keyQuota: 2 });
        const main = scene.apiGateway('main', scene.gateway) as { readonly spec: object };
        await scene.apply({ ...main, spec: { ...main.spec, apiKeysPerUser: 2 } });
        await scene.apply(scene.resource('RestApi', 'books'), key('first-key'), key('second-key'));
        await programmed('first-key', 'second-key');
      });
      after(async () => {
        await scene.end();
      });

      it('wait without a write while the list shows that there is no room', async () => {
        scene.gateway.clearCalls();
        await scene.apply(key('third-key'), key('fourth-key'));
        for (const name of ['third-key', 'fourth-key']) {
          const object = await scene.until('ApiKey', name, 'Programmed', 'False', 'QuotaExceeded');
          expect(JSON.stringify(object.status)).to.contain('the gateway allows 2 to one user');
        }
        await compared(scene.gateway);
        expect(writes(scene.gateway)).to.deep.equal([]);
      });

      it('are changed all the same, without a call that would fail', async () => {
        await scene.apply(key('first-key', { expiresAt: '2041-01-01T00:00:00Z' }));
        await eventually(() =>
          expect(JSON.stringify(scene.gateway.stored('rest-apis/books/api-keys'))).to.contain('2041-01-01'),
        );
        expect(writes(scene.gateway)).to.deep.equal(['PUT /rest-apis/books/api-keys/first-key']);
        await programmed('first-key');
      });

      it('come one by one as others go', async () => {
        await scene.remove('ApiKey', 'first-key');
        await eventually(() => expect(keysAt(scene.gateway)).to.have.length(2).and.not.include('first-key'));
        await scene.remove('ApiKey', 'second-key');
        await programmed('third-key', 'fourth-key');
        expect(keysAt(scene.gateway)).to.deep.equal(['fourth-key', 'third-key']);
        expect(failed()).to.equal(0);
      });

      it('come when the list shows room, whoever made it', async () => {
        await scene.remove('ApiKey', 'fourth-key');
        await scene.gone('ApiKey', 'fourth-key');
        await byHand('made-by-hand', 'admin');
        await scene.apply(key('fifth-key'));
        await scene.until('ApiKey', 'fifth-key', 'Programmed', 'False', 'QuotaExceeded');
        scene.gateway.tamper.remove('rest-apis/books/api-keys', 'made-by-hand');
        await programmed('fifth-key');
      });

      it('have the room that the keys of another user take none of', async () => {
        await scene.remove('ApiKey', 'fifth-key');
        await scene.gone('ApiKey', 'fifth-key');
        await byHand('of-another-user', 'consumer');
        await scene.apply(key('sixth-key'));
        await programmed('sixth-key');
        expect(keysAt(scene.gateway)).to.deep.equal(['of-another-user', 'sixth-key', 'third-key']);
      });

      it('never take the last place twice', async () => {
        await scene.remove('ApiKey', 'sixth-key');
        await scene.gone('ApiKey', 'sixth-key');
        const names = Array.from({ length: 8 }, (_, at) => `one-of-many-${at}`);
        await scene.apply(...names.map((name) => key(name)));
        await eventually(async () => {
          const objects = await Promise.all(names.map((name) => scene.get('ApiKey', name)));
          const reasons = objects.map(({ status } = {} as never) => status?.gateways?.[0]?.reason ?? 'none');
          expect(reasons.filter((reason) => reason === 'QuotaExceeded')).to.have.length(7);
        });
        expect(keysAt(scene.gateway)).to.have.length(3);
        expect(failed()).to.equal(0);
      });
    });

    describe('that its APIGateway does not name', () => {
      before(async () => {
        scene = await startScene('quota', { api, keyQuota: 2 });
        await scene.apply(scene.resource('RestApi', 'books'), key('first-key'), key('second-key'));
        await programmed('first-key', 'second-key');
      });
      after(async () => {
        await scene.end();
      });

      it('can be changed all the same, once, though the gateway refuses the POST that replaces', async () => {
        const expiresAt = '2040-01-01T00:00:00Z';
        await scene.apply(key('first-key', { expiresAt }));
        await eventually(() =>
          expect(JSON.stringify(scene.gateway.stored('rest-apis/books/api-keys'))).to.contain('2040-01-01'),
        );
        await programmed('first-key');
        scene.gateway.clearCalls();
        await compared(scene.gateway);
        expect(writes(scene.gateway)).to.deep.equal([]);
      });

      it('learn of it by one refusal, and do not ask again while the list shows as many', async () => {
        await scene.apply(key('third-key'));
        await scene.until('ApiKey', 'third-key', 'Programmed', 'False', 'QuotaExceeded');
        await scene.apply(key('fourth-key'));
        await scene.until('ApiKey', 'fourth-key', 'Programmed', 'False', 'QuotaExceeded');
        await compared(scene.gateway);
        expect(writes(scene.gateway)).to.deep.equal(['POST /rest-apis/books/api-keys']);
      });

      it('go with their resources, the mark that the change lost or not', async () => {
        await scene.remove('ApiKey', 'third-key');
        await scene.remove('ApiKey', 'fourth-key');
        await scene.gone('ApiKey', 'fourth-key');
        await scene.remove('ApiKey', 'first-key');
        await scene.gone('ApiKey', 'first-key');
        expect(keysAt(scene.gateway)).to.deep.equal(['second-key']);
      });
    });
  });
}
