import { expect } from 'chai';
import { table } from '../../../src/kinds/table.ts';
import { documentOf } from '../../../src/model/document.ts';
import { markOf } from '../../../src/model/mark.ts';
import { certificatePem } from '../../support/certificate-pem.ts';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal, type KindName } from '../../support/manifests.ts';
import { eventually, startScene, writes, type Scene } from './scene.ts';

const prefix = 'gateway.api-platform.wso2.com';
const gateways = `apigateways.${prefix}`;

interface GatewayStatus {
  readonly unmanaged?: number;
  readonly orphaned?: number;
}

for (const api of ['v0.9', 'v1'] as const) {
  describe(`what stands at a gateway of generation ${api} without a resource`, function () {
    this.timeout(120_000);
    const cluster = useCluster();
    let controller: RunningController;
    let scene: Scene;
    let system: string;
    const start = async () => {
      // How many may go at once is another test's matter.
      const options = { driftIntervalMs: 300, maxRemovalPercent: 100 };
      controller = await startController(cluster().kubeconfig, options);
    };

    before(async () => {
      await installCrds();
      await start();
      scene = await startScene('orphans', { api });
      system = await kubectl(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}']);
    });
    after(async () => {
      await scene.end();
      await controller.stop();
    });
    beforeEach(() => scene.gateway.clearCalls());

    const post = async (path: string, body: unknown) => {
      const response = await fetch(`${scene.gateway.url}/api/management/${api}${path}`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(response.status, await response.text()).to.equal(201);
    };
    /** Puts there what the controller would put there for a resource, which there is not. */
    const put = async (kind: KindName, name: string, change: object = {}, owner: object = {}) => {
      const row = table.get(kind);
      const of = { cluster: system, kind, namespace: scene.namespace, name, ...owner };
      const spec = { ...minimal[kind], ...change } as Record<string, unknown>;
      const document = documentOf(row, {
        name,
        labels: {},
        annotations: {},
        spec,
        generation: api,
        mark: of.cluster === '' ? '' : markOf(of),
        expiresAt: undefined,
        idOf: (_, id) => id,
      });
      const { parentRef } = spec as { parentRef?: { kind: string; name: string } };
      const parent =
        parentRef === undefined ? '' : `${table.get(parentRef.kind).collection.path}/${parentRef.name}`;
      await post(`${parent}${row.collection.path}`, document);
    };
    const byHand = { cluster: '' };
    const books = (name: string) => ({ displayName: name, context: `/${name}` });
    const comparisons = async (count: number, by = '/subscriptions') => {
      const lists = () =>
        scene.gateway.calls.filter(
          ({ path, query, method }) => method === 'GET' && path === by && query === '',
        ).length;
      const before = lists();
      await eventually(() => expect(lists()).to.be.at.least(before + count));
    };
    const status = async (): Promise<GatewayStatus> =>
      JSON.parse(
        await kubectl(['get', gateways, 'main', '-n', scene.namespace, '-o', 'jsonpath={.status}']),
      ) as GatewayStatus;
    const removed = () => writes(scene.gateway).filter((call) => call.startsWith('DELETE'));
    const names = (collection: string) =>
      scene.gateway.stored(collection).map((item) => {
        const { metadata, name } = item as { metadata?: { name: string }; name?: string };
        return metadata?.name ?? name;
      });

    it('is counted and never touched where it bears no mark, or that of another cluster', async () => {
      await put('RestApi', 'hand', books('hand'), byHand);
      await put('RestApi', 'foreign', books('foreign'), { cluster: 'another' });
      await put(
        'ApiKey',
        'hand-key',
        { parentRef: { kind: 'RestApi', name: 'hand' }, apiKey: key(1) },
        byHand,
      );
      await put('Secret', 'hand-secret', {}, byHand);
      await put('SubscriptionPlan', 'hand-plan');
      scene.gateway.clearCalls();
      await eventually(async () => expect(await status()).to.include({ unmanaged: 5, orphaned: 0 }));
      await comparisons(4);
      expect(writes(scene.gateway)).to.deep.equal([]);
    });

    it('is left alone where a mark was copied to another handle', async () => {
      await put('RestApi', 'copy', books('copy'), { name: 'original' });
      scene.gateway.clearCalls();
      await comparisons(4);
      expect(writes(scene.gateway)).to.deep.equal([]);
    });

    it('is deleted where it bears our mark, after two comparisons, and the APIGateway tells of it', async () => {
      await put('RestApi', 'lost', books('lost'));
      const calls = () => scene.gateway.calls.map(({ method, path }) => `${method} ${path}`);
      await eventually(() => expect(calls()).to.include('DELETE /rest-apis/lost'));
      const since = calls().slice(
        calls().indexOf('POST /rest-apis'),
        calls().indexOf('DELETE /rest-apis/lost'),
      );
      expect(since.filter((call) => call === 'GET /rest-apis')).to.have.length.of.at.least(2);
      await eventually(async () => {
        const events = await kubectl(['get', 'events', '-n', scene.namespace, '-o', 'json']);
        expect(events).to.contain('OrphanDeleted').and.to.contain(`RestApi ${scene.namespace}/lost`);
      });
      expect(names('rest-apis')).to.have.members(['hand', 'foreign', 'copy']);
    });

    it('is deleted whatever its kind, children before parents', async () => {
      await put('LlmProviderTemplate', 'own');
      await put('LlmProvider', 'vendor', { template: 'own' });
      await put('LlmProxy', 'assistant');
      const below = (kind: string, name: string) => ({ parentRef: { kind, name } });
      await put('ApiKey', 'vendor-key', { ...below('LlmProvider', 'vendor'), apiKey: key(2) });
      await put('RestApi', 'shop', books('shop'));
      await put('ApiKey', 'shop-key', { ...below('RestApi', 'shop'), apiKey: key(3) });
      await put('Subscription', 'shop-sub', { apiId: 'shop', subscriptionToken: 'token-of-a-team' });
      await put('ManagedSecret', 'token', { value: 'abc' });
      await put('Mcp', 'tools', { upstream: { url: 'http://h/{{ secret "token" }}' } });
      await put('Certificate', 'ca', { certificate: certificatePem('ca') });
      await eventually(async () => {
        for (const collection of [
          'llm-providers',
          'llm-proxies',
          'mcp-proxies',
          'certificates',
          'subscriptions',
        ])
          expect(names(collection), collection).to.deep.equal([]);
        expect(names('secrets')).to.deep.equal(['hand-secret']);
        expect(names('rest-apis')).not.to.include('shop');
        expect(names('llm-provider-templates')).not.to.include('own');
        expect(await status()).to.include({ orphaned: 0 });
      });
      const failed = scene.gateway.calls.filter(
        ({ method, status: code }) => method === 'DELETE' && code >= 400,
      );
      expect(failed.map(({ path }) => path)).to.deep.equal([]);
      const order = removed();
      for (const [child, parent] of [
        ['/llm-providers/vendor/api-keys/vendor-key', '/llm-providers/vendor'],
        ['/llm-proxies/assistant', '/llm-providers/vendor'],
        ['/llm-providers/vendor', '/llm-provider-templates/own'],
        ['/rest-apis/shop/api-keys/shop-key', '/rest-apis/shop'],
        ['/mcp-proxies/tools', '/secrets/token'],
      ] as const)
        expect(order.indexOf(`DELETE ${child}`), `${child} of ${order.join()}`)
          .to.be.at.least(0)
          .and.below(order.indexOf(`DELETE ${parent}`));
    });

    it('waits for what is not ours and needs it, and nothing is sent until that has gone', async () => {
      await put('Secret', 'token');
      await put('Mcp', 'tools', { upstream: { url: 'http://h/{{ secret "token" }}' } }, byHand);
      await put('LlmProvider', 'vendor');
      await put('LlmProxy', 'assistant', {}, byHand);
      await put('RestApi', 'shop', books('shop'));
      await put(
        'ApiKey',
        'shop-key',
        { parentRef: { kind: 'RestApi', name: 'shop' }, apiKey: key(4) },
        byHand,
      );
      await put('RestApi', 'kiosk', books('kiosk'));
      await put('Subscription', 'kiosk-sub', {
        apiId: 'kiosk',
        subscriptionToken: 'token-of-a-team',
        billingSubscriptionId: 'somebody-else',
      });
      await eventually(async () => expect(await status()).to.include({ orphaned: 4 }));
      await comparisons(4);
      expect(removed()).to.deep.equal([]);
      scene.gateway.tamper.remove('mcp-proxies', 'tools');
      scene.gateway.tamper.remove('llm-proxies', 'assistant');
      scene.gateway.tamper.remove('rest-apis/shop/api-keys', 'shop-key');
      const [subscription] = scene.gateway.stored('subscriptions') as unknown as { id: string }[];
      scene.gateway.tamper.remove('subscriptions', subscription?.id ?? '');
      await eventually(() =>
        expect(removed()).to.have.members([
          'DELETE /secrets/token',
          'DELETE /llm-providers/vendor',
          'DELETE /rest-apis/shop',
          'DELETE /rest-apis/kiosk',
        ]),
      );
    });

    it('stays while any collection can not be listed, for then no comparison is a full one', async () => {
      const fault = scene.gateway.faults.add({ method: 'GET', path: '/mcp-proxies', status: 403 });
      await comparisons(2, '/rest-apis');
      await put('RestApi', 'lost', books('lost'));
      await comparisons(4, '/rest-apis');
      expect(removed()).to.deep.equal([]);
      fault.remove();
      await eventually(() => expect(removed()).to.deep.equal(['DELETE /rest-apis/lost']));
    });

    it('is only reported where the gateway is observed', async () => {
      const annotated = (mode: string) =>
        scene.apiGateway('main', scene.gateway, undefined, {
          annotations: { [`${prefix}/reconcile`]: mode },
        });
      await scene.apply(annotated('Observe'));
      await comparisons(2);
      await put('RestApi', 'lost', books('lost'));
      await eventually(async () => expect(await status()).to.include({ orphaned: 1 }));
      await comparisons(4);
      expect(removed()).to.deep.equal([]);
      await scene.apply(annotated('Active'));
      await eventually(() => expect(removed()).to.deep.equal(['DELETE /rest-apis/lost']));
    });

    it('stays where it was left there on purpose, also after a restart, until its resource comes and goes again', async () => {
      const kept = (policy: string) =>
        scene.resource(
          'RestApi',
          'kept',
          { ...minimal.RestApi, ...books('kept') },
          {
            annotations: { [`${prefix}/deletion-policy`]: policy },
          },
        );
      await scene.apply(kept('Orphan'));
      await scene.until('RestApi', 'kept', 'Ready', 'True');
      await scene.remove('RestApi', 'kept');
      await scene.gone('RestApi', 'kept');
      await comparisons(4);
      await controller.stop();
      await start();
      await comparisons(4);
      expect(removed()).to.deep.equal([]);
      await scene.apply(kept('Delete'));
      await scene.until('RestApi', 'kept', 'Ready', 'True');
      await scene.remove('RestApi', 'kept');
      await scene.gone('RestApi', 'kept');
      expect(removed()).to.deep.equal(['DELETE /rest-apis/kept']);
    });

    it('is what a resource left that was let go by force, and is deleted when the gateway is back', async () => {
      await scene.apply(scene.resource('RestApi', 'forced', { ...minimal.RestApi, ...books('forced') }));
      await scene.until('RestApi', 'forced', 'Ready', 'True');
      await scene.gateway.stop();
      await scene.remove('RestApi', 'forced');
      await kubectl([
        'annotate',
        `restapis.${prefix}`,
        'forced',
        '-n',
        scene.namespace,
        `${prefix}/force-delete=true`,
      ]);
      await scene.gone('RestApi', 'forced');
      await scene.gateway.start();
      await eventually(() => expect(names('rest-apis')).not.to.include('forced'), 60_000);
    });
  });
}

function key(number: number): string {
  return `a-key-that-is-long-enough-to-be-kept-${number}`;
}
