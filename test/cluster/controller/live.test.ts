import { expect } from 'chai';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import { installCrds } from '../../support/install.ts';
import { minimal, type KindName } from '../../support/manifests.ts';
import { eventually, startScene, type Scene, type StoredObject } from './scene.ts';

/** How long a gateway takes until it tells Envoy, as it does every three seconds. */
const lagMs = 2000;

for (const api of ['v0.9', 'v1'] as const) {
  describe(`what is live at a gateway of generation ${api}`, function () {
    this.timeout(120_000);
    const cluster = useCluster();
    let controller: RunningController;
    let scene: Scene;

    before(async () => {
      await installCrds();
      controller = await startController(cluster().kubeconfig, { driftIntervalMs: 60_000 });
      scene = await startScene('live', { api, pollIntervalMs: lagMs });
      await scene.apply(told('main', scene.gateway));
      await scene.until('apigateway', 'main', 'PoliciesKnown', 'True');
    });
    after(async () => {
      await scene.end();
      await controller.stop();
    });
    afterEach(() => scene.gateway.faults.clear());

    function told(name: string, gateway: Gateway, management: object = {}): object {
      const object = scene.apiGateway(name, gateway) as { spec: { management: object } };
      const told = { ...object.spec.management, adminUrl: gateway.adminUrl, ...management };
      return { ...object, spec: { ...object.spec, management: told } };
    }

    const apiNamed = (name: string, change: object = {}) =>
      scene.resource('RestApi', name, {
        ...minimal.RestApi,
        displayName: name,
        context: `/${name}`,
        ...change,
      });
    const conditionOf = (object: StoredObject | undefined, wanted = 'Live') =>
      object?.status?.conditions?.find(({ type }) => type === wanted);
    const dumps = () => scene.gateway.calls.filter(({ path }) => path === '/config_dump').length;
    const live = (kind: KindName, name: string) => scene.until(kind, name, 'Live', 'True', 'Live');

    it('is not what was just stored, which is Ready all the same; it is a little later', async () => {
      const follow = scene.gateway.tamper.lag();
      await scene.apply(apiNamed('books'));
      const stored = await scene.until('RestApi', 'books', 'Ready', 'True');
      const pending = conditionOf(stored);
      expect(pending).to.include({ status: 'False', reason: 'Pending', observedGeneration: 1 });
      const since = stored.status?.gateways?.[0]?.lastSyncTime ?? '';
      expect(pending?.message).to.contain(`gateway ${scene.namespace}/main`).and.to.contain(`since ${since}`);
      expect(stored.status?.gateways?.[0]?.live).to.deep.equal({ state: 'Pending', since });
      follow();
      const seen = await live('RestApi', 'books');
      expect(seen.status?.gateways?.[0]?.live?.state).to.equal('Live');
      const { values } = await controller.metrics.liveSeconds.get();
      expect(values.find(({ metricName }) => metricName?.endsWith('_count'))?.value).to.be.greaterThan(0);
    });

    it('is not what was changed since', async () => {
      const follow = scene.gateway.tamper.lag();
      await scene.apply(apiNamed('books', { context: '/other' }));
      await scene.until('RestApi', 'books', 'Live', 'False', 'Pending');
      follow();
      await live('RestApi', 'books');
    });

    it('can be told of every kind that the dump shows, also as something else', async () => {
      const kinds: readonly KindName[] = [
        'Mcp',
        'LlmProvider',
        ...(api === 'v0.9' ? (['WebSubApi'] as const) : []),
      ];
      await scene.apply(
        ...kinds.map((kind) => scene.resource(kind, 'vendor')),
        scene.resource('LlmProxy', 'assistant'),
      );
      for (const kind of kinds) await live(kind, 'vendor');
      await live('LlmProxy', 'assistant');
    });

    it('is said of no kind that the dump does not show', async () => {
      await scene.apply(
        scene.resource('SubscriptionPlan', 'gold'),
        scene.resource('LlmProviderTemplate', 'vendor'),
      );
      for (const kind of ['SubscriptionPlan', 'LlmProviderTemplate'] as const) {
        const { status } = await scene.until(
          kind,
          kind === 'SubscriptionPlan' ? 'gold' : 'vendor',
          'Ready',
          'True',
        );
        expect(status?.conditions?.map(({ type }) => type)).not.to.include('Live');
      }
    });

    it('is told apart where one handle stands in several kinds', async () => {
      await scene.apply(apiNamed('same'));
      await live('RestApi', 'same');
      const follow = scene.gateway.tamper.lag();
      await scene.apply(
        scene.resource('Mcp', 'same', { ...minimal.Mcp, displayName: 'same', context: '/mcp' }),
      );
      const stored = await scene.until('Mcp', 'same', 'Programmed', 'True');
      expect(conditionOf(stored)).to.include({ status: 'False', reason: 'Pending' });
      follow();
      await live('Mcp', 'same');
      const followAgain = scene.gateway.tamper.lag();
      await scene.apply(apiNamed('same', { context: '/changed' }));
      await scene.until('RestApi', 'same', 'Live', 'False', 'Pending');
      followAgain();
      await live('RestApi', 'same');
    });

    it('is nothing that its spec wants undeployed, and that is said', async () => {
      await scene.apply(apiNamed('resting', { deploymentState: 'undeployed' }));
      const { status } = await scene.until('RestApi', 'resting', 'Live', 'False', 'Undeployed');
      expect(status?.gateways?.[0]?.live?.state).to.equal('Undeployed');
      await scene.apply(apiNamed('resting', { deploymentState: 'deployed' }));
      await live('RestApi', 'resting');
    });

    it('is asked for without the dump, and nothing is written, while all is live and nothing moves', async () => {
      const before = await scene.get('RestApi', 'books');
      const known = dumps();
      await new Promise((resolve) => setTimeout(resolve, 4000));
      expect(dumps()).to.equal(known);
      expect(await scene.get('RestApi', 'books')).to.deep.equal(before);
    });

    it('is looked at again by a controller that starts, which writes nothing where all is as it was', async () => {
      const before = await scene.get('RestApi', 'books');
      await controller.stop();
      const known = dumps();
      controller = await startController(cluster().kubeconfig, { driftIntervalMs: 60_000 });
      await eventually(() => expect(dumps()).to.be.greaterThan(known));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(await scene.get('RestApi', 'books')).to.deep.equal(before);
    });

    it('is not what the gateway could not render in the end', async () => {
      await scene.apply(scene.resource('Secret', 'token', minimal.Secret));
      await scene.until('Secret', 'token', 'Ready', 'True');
      const follow = scene.gateway.tamper.lag();
      const params = { request: { headers: [{ name: 'x', value: '{{ secret "token" }}' }] } };
      await scene.apply(apiNamed('blind', { policies: [{ name: 'set-headers', version: 'v1', params }] }));
      await scene.until('RestApi', 'blind', 'Programmed', 'True');
      scene.gateway.tamper.remove('secrets', 'token');
      follow();
      await new Promise((resolve) => setTimeout(resolve, lagMs + 2000));
      expect(conditionOf(await scene.get('RestApi', 'blind'))).to.include({
        status: 'False',
        reason: 'Pending',
      });
      await scene.remove('RestApi', 'blind');
      await scene.gone('RestApi', 'blind');
    });

    it('is unknown while our credentials are not good enough for its admin port', async () => {
      scene.gateway.faults.add({ port: 'admin', path: '/config_dump', status: 403 });
      scene.gateway.faults.add({ port: 'admin', path: '/xds_sync_status', status: 403 });
      await scene.apply(apiNamed('forbidden'));
      const { status } = await scene.until('RestApi', 'forbidden', 'Live', 'Unknown', 'Forbidden');
      expect(JSON.stringify(status)).to.contain('the answer is 403');
      scene.gateway.faults.clear();
      await live('RestApi', 'forbidden');
    });

    it('is unknown while its admin port does not answer, but for what was seen live', async () => {
      scene.gateway.faults.add({ port: 'admin', connection: 'reset before' });
      await scene.apply(apiNamed('unreached'));
      await scene.until('RestApi', 'unreached', 'Live', 'Unknown', 'Unreachable');
      expect(conditionOf(await scene.get('RestApi', 'books'))?.status).to.equal('True');
      scene.gateway.faults.clear();
      await live('RestApi', 'unreached');
    });

    it('is said to be read by anybody, or not', async () => {
      const open = api === 'v0.9';
      const { status } = await scene.until('apigateway', 'main', 'AdminPortGuarded', open ? 'False' : 'True');
      const condition = status?.conditions?.find(({ type }) => type === 'AdminPortGuarded');
      expect(condition?.reason).to.equal(open ? 'SecretsInClear' : 'AsksForCredentials');
    });

    it('has to be so at every gateway that tells, and is unknown where the dump is switched off', async () => {
      const silent = await startGateway({ api, configDump: false });
      const slow = await startGateway({ api, pollIntervalMs: 5000 });
      try {
        await scene.apply(scene.apiGateway('silent', silent));
        await scene.until('apigateway', 'silent', 'Reachable', 'True');
        await live('RestApi', 'books');

        await scene.apply(told('silent', silent));
        const { status } = await scene.until('RestApi', 'books', 'Live', 'Unknown', 'DumpIsOff');
        const condition = status?.conditions?.find(({ type }) => type === 'Live');
        expect(condition?.message).to.match(
          /^gateway \S+\/silent: .*controller\.admin_server\.config_dump\.enabled/,
        );
        const off = await scene.until('apigateway', 'silent', 'PoliciesKnown', 'False', 'DumpIsOff');
        expect(JSON.stringify(off.status)).to.contain('spec.management.policyDefinitionsRef');

        const follow = slow.tamper.lag();
        await scene.apply(told('slow', slow));
        const pending = await scene.until('RestApi', 'books', 'Live', 'False', 'Pending');
        expect(conditionOf(pending)?.message).to.match(/^gateway \S+\/slow: it is stored and not live yet/);
        follow();
        await scene.remove('apigateway', 'silent');
        const all = await live('RestApi', 'books');
        expect(conditionOf(all)?.message).to.contain('/main: ').and.to.contain('/slow: ');
      } finally {
        await scene.remove('apigateway', 'slow').catch(() => undefined);
        await silent.stop();
        await slow.stop();
      }
    });

    it('is not spoken of any more when its admin port is not named any more', async () => {
      await scene.apply(scene.apiGateway('main', scene.gateway));
      await eventually(async () => {
        const object = await scene.get('RestApi', 'books');
        expect(conditionOf(object)).to.equal(undefined);
        expect(object?.status?.gateways?.[0]?.live).to.equal(undefined);
        const gateway = await scene.get('apigateway', 'main');
        expect(conditionOf(gateway, 'AdminPortGuarded')).to.equal(undefined);
      });
    });
  });
}
