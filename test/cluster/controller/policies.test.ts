import { expect } from 'chai';
import { keptName } from '../../../src/policies/kept.ts';
import { unpacked, type Packed } from '../../../src/policies/packed.ts';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import { installCrds } from '../../support/install.ts';
import { eventually, startScene, type Scene } from './scene.ts';

interface Status {
  readonly policies?: readonly { readonly name: string; readonly version: string }[];
  readonly policyHash?: string;
}

for (const api of ['v0.9', 'v1'] as const) {
  describe(`the policies that a gateway of generation ${api} has loaded`, function () {
    this.timeout(120_000);
    const cluster = useCluster();
    let controller: RunningController;
    let scene: Scene;
    let silent: Gateway;

    before(async () => {
      await installCrds();
      controller = await startController(cluster().kubeconfig, { driftIntervalMs: 60_000 });
      scene = await startScene('loaded', { api });
      silent = await startGateway({ api, configDump: false });
    });
    after(async () => {
      await scene.end();
      await silent.stop();
      await controller.stop();
    });

    const kept = async (name: string) => {
      const id = keptName(`${scene.namespace}/${name}`);
      const text = await kubectl([
        'get',
        'configmap',
        id,
        '-n',
        'default',
        '-o',
        'json',
        '--ignore-not-found',
      ]);
      return text === ''
        ? undefined
        : (JSON.parse(text) as Packed & { metadata: { resourceVersion: string } });
    };
    const withAdmin = (name: string, of: Gateway) => {
      const object = scene.apiGateway(name, of) as { spec: { management: object } };
      const management = { ...object.spec.management, adminUrl: of.adminUrl };
      return { ...object, spec: { ...object.spec, management } };
    };

    it('are not asked for where there is no address to ask at', async () => {
      await scene.until('apigateway', 'main', 'Reachable', 'True');
      await eventually(async () => {
        const object = await scene.get('apigateway', 'main');
        const condition = object?.status?.conditions?.find(({ type }) => type === 'PoliciesKnown');
        expect(condition).to.include({ status: 'Unknown', reason: 'NoAdminUrl' });
      });
      expect(await kept('main')).to.equal(undefined);
    });

    it('are kept in a ConfigMap, and listed in status', async () => {
      await scene.apply(withAdmin('main', scene.gateway));
      const { status } = await scene.until('apigateway', 'main', 'PoliciesKnown', 'True', 'Read');
      const { policies, policyHash } = status as Status;
      expect(policies).to.deep.include({ name: 'set-headers', version: 'v1.0.1' });
      expect(policyHash).to.match(/^[0-9a-f]{64}$/);
      const stored = unpacked((await kept('main'))!);
      expect(stored?.map(({ name, version }) => ({ name, version }))).to.deep.equal(policies);
      expect(stored?.find(({ name }) => name === 'set-headers')?.parameters).to.be.an('object');
    });

    it('are not known where the dump is switched off, which status says', async () => {
      await scene.apply(withAdmin('silent', silent));
      await scene.until('apigateway', 'silent', 'PoliciesKnown', 'False', 'DumpIsOff');
      expect(await kept('silent')).to.equal(undefined);
    });

    it('stay as they were known when the dump is switched off later', async () => {
      const before = await kept('main');
      const object = withAdmin('main', scene.gateway);
      const management = { ...object.spec.management, adminUrl: silent.adminUrl };
      await scene.apply({ ...object, spec: { ...object.spec, management } });
      const { status } = await scene.until('apigateway', 'main', 'PoliciesKnown', 'False', 'DumpIsOff');
      expect((status as Status).policies).not.to.equal(undefined);
      expect(await kept('main')).to.deep.equal(before);
    });

    it('are written once when nothing changes', async () => {
      const before = await kept('main');
      await scene.apply(withAdmin('main', scene.gateway));
      await scene.until('apigateway', 'main', 'PoliciesKnown', 'True');
      expect((await kept('main'))?.metadata.resourceVersion).to.equal(before?.metadata.resourceVersion);
    });

    describe('where it does not tell them itself', () => {
      const given = (
        name: string,
        of: Gateway,
        policyDefinitionsRef: object | undefined,
        management = {},
      ) => {
        const object = withAdmin(name, of);
        const told = { ...object.spec.management, ...management, policyDefinitionsRef };
        return { ...object, spec: { ...object.spec, management: told } };
      };
      const configMap = (name: string, text: string) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name },
        data: { 'policies.json': text },
      });
      const own = { name: 'our-own', version: 'v1.0.0', parameters: { type: 'object' } };

      it('are taken from the ConfigMap that its APIGateway names', async () => {
        await scene.apply(
          configMap('given', JSON.stringify({ policies: [{ ...own, more: 'x' }] })),
          given('silent', silent, { name: 'given' }),
        );
        const { status } = await scene.until('apigateway', 'silent', 'PoliciesKnown', 'True', 'Given');
        expect((status as Status).policies).to.deep.equal([{ name: 'our-own', version: 'v1.0.0' }]);
        expect(unpacked((await kept('silent'))!)).to.deep.equal([own]);
      });

      it('are taken from there also where there is no address to ask at', async () => {
        await scene.apply(given('deaf', scene.gateway, { name: 'given' }, { adminUrl: undefined }));
        await scene.until('apigateway', 'deaf', 'PoliciesKnown', 'True', 'Given');
        expect(await kept('deaf')).not.to.equal(undefined);
        await scene.apply(given('deaf', scene.gateway, undefined, { adminUrl: undefined }));
        await scene.until('apigateway', 'deaf', 'PoliciesKnown', 'Unknown', 'NoAdminUrl');
        await eventually(async () => expect(await kept('deaf')).to.equal(undefined));
        await scene.remove('apigateway', 'deaf');
      });

      it('stay as they were where the ConfigMap is not there or holds something else, which is said', async () => {
        await scene.apply(given('silent', silent, { name: 'absent' }));
        const { status } = await scene.until('apigateway', 'silent', 'PoliciesKnown', 'False', 'NotGiven');
        expect(JSON.stringify(status)).to.contain(
          'ConfigMap absent, which spec.management.policyDefinitionsRef names',
        );
        await scene.apply(configMap('odd', '<p>hunter2'), given('silent', silent, { name: 'odd' }));
        await eventually(async () => {
          const object = await scene.get('apigateway', 'silent');
          const condition = object?.status?.conditions?.find(({ type }) => type === 'PoliciesKnown');
          expect(condition?.message).to.contain('ConfigMap odd').and.to.contain('has no list of policies');
        });
        expect(unpacked((await kept('silent'))!)).to.deep.equal([own]);
      });

      it('are those that it tells where it does', async () => {
        await scene.apply(given('main', scene.gateway, { name: 'given' }));
        await scene.until('apigateway', 'main', 'PoliciesKnown', 'True', 'Read');
        expect(unpacked((await kept('main'))!)).not.to.deep.equal([own]);
      });
    });

    it('are forgotten with their gateway', async () => {
      await scene.remove('apigateway', 'main');
      await eventually(async () => expect(await kept('main')).to.equal(undefined));
    });

    it('are forgotten when the gateway went while nobody watched', async () => {
      await scene.apply(withAdmin('main', scene.gateway));
      await eventually(async () => expect(await kept('main')).not.to.equal(undefined));
      await controller.stop();
      await scene.remove('apigateway', 'main');
      controller = await startController(cluster().kubeconfig, { driftIntervalMs: 60_000 });
      await eventually(async () => expect(await kept('main')).to.equal(undefined));
    });
  });
}
