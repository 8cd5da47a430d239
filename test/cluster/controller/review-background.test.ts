import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { finalizer } from '../../../src/model/annotations.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { startKubeProxy, type KubeProxy } from '../../support/kube-proxy.ts';
import { minimal } from '../../support/manifests.ts';
import { conditionIn, reviewPolicies } from './review-scene.ts';
import { eventually, startScene, type Scene } from './scene.ts';

const policies = ['background-tls', 'background-broken', 'background-labels'] as const;
const [tls, broken, labelled] = policies;
const hour = 3_600_000;

describe('what is stored and review policies', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let folder: string;
  let proxy: KubeProxy;
  let controller: RunningController;
  let scene: Scene;
  let aheadMs = 0;

  before(async () => {
    await installCrds();
    folder = await mkdtemp(join(tmpdir(), 'portcullis-review-'));
    proxy = await startKubeProxy(cluster().kubeconfig, join(folder, 'kubeconfig'));
    const clock = { ...systemClock, now: () => new Date(Date.now() + aheadMs) };
    controller = await startController(proxy.kubeconfig, { driftIntervalMs: 60_000, clock });
    scene = await startScene('review', { api: 'v1' });
  });
  after(async () => {
    await reviewPolicies.remove(...policies);
    await scene.end();
    await controller.stop();
    await proxy.stop();
    await rm(folder, { recursive: true });
  });

  const api = (name: string, url: string) =>
    scene.resource(
      'RestApi',
      name,
      { ...minimal.RestApi, displayName: name, context: `/${name}`, upstream: { main: { url } } },
      { finalizers: [finalizer] },
    );
  const spec = (change: object = {}) => ({
    match: { kinds: ['RestApi'], namespaces: [scene.namespace] },
    rules: [
      {
        name: 'no-plain-http',
        expression: 'upstreams.all(u, u.tls)',
        action: 'Deny',
        message: 'uses plain HTTP',
        path: 'spec.upstream',
      },
    ],
    ...change,
  });
  const reviewed = async (name: string) =>
    (await scene.get('RestApi', name))?.status?.conditions?.find(({ type }) => type === 'Reviewed');
  const writesOf = (name: string) =>
    proxy.calls
      .filter(({ method, path }) => method !== 'GET' && path.includes(`/${name}`))
      .map(({ method, path }) => `${method} ${path.split('/').slice(-2).join('/')}`);

  it('say nothing of each other where there is no policy', async () => {
    await scene.apply(api('old', 'http://old.example.com'), api('well', 'https://well.example.com'));
    for (const name of ['old', 'well']) await scene.until('RestApi', name, 'Ready', 'True');
    expect(await reviewed('old')).to.equal(undefined);
  });

  it('meet when a policy comes: each resource says what the policy says of it, and is Ready all the same', async () => {
    await reviewPolicies.apply(tls, spec());
    const { status } = await scene.until('RestApi', 'old', 'Reviewed', 'False', 'WouldBeDenied');
    expect(status?.conditions?.find(({ type }) => type === 'Ready')?.status).to.equal('True');
    expect((await reviewed('old'))?.message).to.equal(
      `spec.upstream: uses plain HTTP (policy ${tls}, rule no-plain-http)`,
    );
    await scene.until('RestApi', 'well', 'Reviewed', 'True', 'NoBreach');
  });

  it('are counted in the status of the policy, which names the first breaches', async () => {
    const { status } = await reviewPolicies.until(tls, (said) => {
      expect(said).to.include({
        rules: 1,
        reviewed: 2,
        denied: 1,
        warned: 0,
        audited: 0,
        excused: 0,
        failed: 0,
      });
      expect(conditionIn(said, 'Ready')).to.include({ status: 'True', reason: 'Reviewed' });
    });
    expect(status?.violations).to.deep.equal([
      {
        kind: 'RestApi',
        namespace: scene.namespace,
        name: 'old',
        rule: 'no-plain-http',
        action: 'Deny',
        path: 'spec.upstream',
        message: 'uses plain HTTP',
      },
    ]);
    expect(conditionIn(status, 'Compiled')).to.include({ status: 'True' });
  });

  it('are told in the one status that a new resource gets', async () => {
    await scene.apply(api('fresh', 'http://fresh.example.com'));
    await scene.until('RestApi', 'fresh', 'Ready', 'True');
    expect(await reviewed('fresh')).to.include({ status: 'False', observedGeneration: 1 });
    await reviewPolicies.until(tls, (said) => expect(said.denied).to.equal(2));
    expect(writesOf('fresh')).to.deep.equal(['PATCH fresh/status']);
  });

  it('come to terms when the resource changes', async () => {
    await scene.apply(api('fresh', 'https://fresh.example.com'));
    await scene.until('RestApi', 'fresh', 'Reviewed', 'True');
    await reviewPolicies.until(tls, (said) => expect(said.denied).to.equal(1));
  });

  it('are left in peace while nothing changes', async () => {
    const others = () =>
      proxy.calls.filter(
        ({ method, path }) =>
          method !== 'GET' && (path.includes('reviewpolicies') || path.includes('/restapis/')),
      ).length;
    // What is said at the most every few seconds has been said after these.
    await eventually(async () => {
      const before = others();
      await new Promise((resolve) => setTimeout(resolve, 5000));
      expect(others()).to.equal(before);
    });
  });

  it('are excused by an exception, and judged again when that ends, though nobody has touched anything', async () => {
    const expires = new Date(Date.now() + hour).toISOString();
    const exceptions = [{ names: ['old'], reason: 'moves in spring', expires }];
    await reviewPolicies.apply(tls, spec({ exceptions }));
    const { status } = await scene.until('RestApi', 'old', 'Reviewed', 'True', 'Excused');
    expect(JSON.stringify(status)).to.contain('moves in spring');
    await reviewPolicies.until(tls, (said) => {
      expect(said).to.include({ denied: 0, excused: 1 });
      expect(said.endingExceptions?.map(({ path }) => path)).to.deep.equal(['spec.exceptions[0]']);
    });
    aheadMs = 2 * hour;
    await scene.until('RestApi', 'old', 'Reviewed', 'False', 'WouldBeDenied');
    await reviewPolicies.until(tls, (said) => {
      expect(said).to.include({ denied: 1, excused: 0 });
      expect(said.endedExceptions).to.deep.equal([
        { path: 'spec.exceptions[0]', reason: 'moves in spring', expires },
      ]);
      expect(said).not.to.have.property('endingExceptions');
    });
    const shown = await controller.metrics.review.endedExceptions.get();
    expect(shown.values.find(({ labels }) => labels.policy === tls)?.value).to.equal(1);
  });

  it('are looked at anew when the namespace changes', async () => {
    await reviewPolicies.apply(
      labelled,
      spec({ match: { namespaceSelector: { matchLabels: { strict: scene.namespace } } } }),
    );
    await reviewPolicies.until(labelled, (said) => expect(said).to.include({ reviewed: 0 }));
    await kubectl(['label', 'namespace', scene.namespace, `strict=${scene.namespace}`]);
    await reviewPolicies.until(labelled, (said) => expect(said.denied).to.equal(1));
    await kubectl(['label', 'namespace', scene.namespace, 'strict-']);
    await reviewPolicies.until(labelled, (said) => expect(said).to.include({ reviewed: 0, denied: 0 }));
  });

  it('are looked at anew when a gateway comes to take them', async () => {
    await reviewPolicies.apply(
      labelled,
      spec({ match: { kinds: ['RestApi'], gateways: [`${scene.namespace}/second`] } }),
    );
    await reviewPolicies.until(labelled, (said) => expect(said).to.include({ reviewed: 0 }));
    await scene.apply(scene.apiGateway('second', scene.gateway, { scope: 'LabelSelector', matchLabels: {} }));
    await scene.apply(
      scene.apiGateway('second', scene.gateway, { scope: 'Namespaced', namespaces: [scene.namespace] }),
    );
    await reviewPolicies.until(labelled, (said) => expect(said.reviewed).to.equal(3));
    await scene.remove('apigateway', 'second');
    await reviewPolicies.until(labelled, (said) => expect(said.reviewed).to.equal(0));
  });

  it('do not suffer from a policy that does not compile, which says why', async () => {
    const rules = [{ name: 'nonsense', expression: 'upstreams.all(u, u.colour)', action: 'Warn' }];
    await reviewPolicies.apply(broken, spec({ rules }));
    await reviewPolicies.until(broken, (said) => {
      expect(conditionIn(said, 'Compiled')).to.include({ status: 'False', reason: 'DoesNotCompile' });
      expect(conditionIn(said, 'Compiled')?.message).to.contain('spec.rules[0].expression');
      expect(conditionIn(said, 'Ready')).to.include({ status: 'False', reason: 'DoesNotCompile' });
    });
    const shown = await controller.metrics.review.inForce.get();
    const valueOf = (policy: string) => shown.values.find(({ labels }) => labels.policy === policy)?.value;
    expect([valueOf(broken), valueOf(tls)]).to.deep.equal([0, 1]);
    expect((await reviewed('well'))?.status).to.equal('True');
  });

  it('part when the policies go', async () => {
    await reviewPolicies.remove(...policies);
    for (const name of ['old', 'well', 'fresh'])
      await eventually(async () => expect(await reviewed(name)).to.equal(undefined));
    await eventually(async () => {
      const { values } = await controller.metrics.review.breaches.get();
      expect(values).to.deep.equal([]);
    });
  });
});
