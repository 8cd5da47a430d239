import { expect } from 'chai';
import type { PolicyReport } from '../../../controller/review/policy-report.ts';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { policyReportCrd } from '../../support/policy-report-crd.ts';
import { conditionIn, reviewPolicies } from './review-scene.ts';
import { eventually, startScene, type Scene } from './scene.ts';

const policy = 'reports-tls';

describe('the policy report of a namespace', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;
  const start = async (options: object) => {
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 60_000, ...options });
  };
  const crd = policyReportCrd.metadata.name;

  before(async () => {
    await installCrds();
    await start({ policyReports: true });
    scene = await startScene('reports', { api: 'v1' });
    await reviewPolicies.apply(policy, {
      match: { kinds: ['RestApi'], namespaces: [scene.namespace] },
      rules: [
        { name: 'tls', expression: 'upstreams.all(u, u.tls)', action: 'Warn', message: 'uses plain HTTP' },
      ],
    });
    await scene.apply(api('old', 'http://old.example.com'), api('well', 'https://well.example.com'));
  });
  after(async () => {
    await reviewPolicies.remove(policy);
    await kubectl(['delete', 'crd', crd, '--ignore-not-found']);
    await scene.end();
    await controller.stop();
  });

  const api = (name: string, url: string) =>
    scene.resource('RestApi', name, {
      ...minimal.RestApi,
      displayName: name,
      context: `/${name}`,
      upstream: { main: { url } },
    });
  const report = async () => {
    const text = await kubectl([
      ...['get', 'policyreports.wgpolicyk8s.io', 'portcullis', '-n', scene.namespace],
      ...['-o', 'json', '--ignore-not-found'],
    ]);
    return text === '' ? undefined : (JSON.parse(text) as PolicyReport);
  };
  const install = async () => {
    await kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(policyReportCrd));
    await kubectl(['wait', '--for=condition=Established', `crd/${crd}`]);
  };

  it('is missed by nobody where the cluster does not know the kind: everything else is told', async () => {
    await scene.until('RestApi', 'old', 'Reviewed', 'False', 'WouldBeWarned');
    await reviewPolicies.until(policy, (said) => expect(conditionIn(said, 'Ready')?.status).to.equal('True'));
  });

  it('comes when the kind does', async () => {
    await install();
    const written = await eventually(async () => {
      const found = await report();
      expect(found).not.to.equal(undefined);
      return found!;
    }, 60_000);
    expect(written.summary).to.deep.equal({ pass: 1, fail: 0, warn: 1, error: 0, skip: 0 });
    const [first, second] = written.results ?? [];
    expect(first).to.deep.include({ source: 'portcullis', policy, rule: 'tls', result: 'warn' });
    expect(first?.resources.map(({ kind, name }) => `${kind} ${name}`)).to.deep.equal(['RestApi old']);
    expect(second).to.deep.include({ policy, result: 'pass' });
    expect(second?.resources.map(({ name }) => name)).to.deep.equal(['well']);
  });

  it('tells what changes, and comes again when somebody deletes it', async () => {
    await scene.apply(api('old', 'https://old.example.com'));
    await eventually(async () => expect((await report())?.summary).to.include({ pass: 2, warn: 0 }));
    await kubectl(['delete', 'policyreports.wgpolicyk8s.io', 'portcullis', '-n', scene.namespace]);
    await eventually(async () => expect((await report())?.summary).to.include({ pass: 2 }));
  });

  it('goes with the kind, which stops nothing, and comes back with it', async () => {
    await kubectl(['delete', 'crd', crd]);
    await scene.apply(api('old', 'http://old.example.com'));
    await scene.until('RestApi', 'old', 'Reviewed', 'False');
    await reviewPolicies.until(policy, (said) => expect(said.warned).to.equal(1));
    await install();
    await eventually(async () => expect((await report())?.summary).to.include({ warn: 1 }), 90_000);
  });

  it('goes when no policy is about anything there any more', async () => {
    await reviewPolicies.remove(policy);
    await eventually(async () => expect(await report()).to.equal(undefined));
  });

  it('goes when nobody wants reports any more, and those of others stay', async () => {
    const ours = { 'app.kubernetes.io/part-of': 'portcullis' };
    const made = (name: string, labels = {}) => ({
      apiVersion: 'wgpolicyk8s.io/v1alpha2',
      kind: 'PolicyReport',
      metadata: { name, namespace: scene.namespace, labels },
    });
    await controller.stop();
    await scene.apply(made('portcullis', ours), made('theirs', ours));
    await start({});
    await eventually(async () => expect(await report()).to.equal(undefined));
    const left = await kubectl(['get', 'policyreports.wgpolicyk8s.io', '-n', scene.namespace, '-o', 'name']);
    expect(left.trim()).to.equal('policyreport.wgpolicyk8s.io/theirs');
  });

  it('is a matter of the watched namespaces alone, as the status of a policy says', async () => {
    await controller.stop();
    await start({ watchNamespaces: [scene.namespace] });
    await reviewPolicies.apply(policy, { rules: [{ name: 'all', expression: 'true', action: 'Audit' }] });
    await reviewPolicies.until(policy, (said) => {
      expect(conditionIn(said, 'Ready')?.message).to.contain(
        `in the namespaces ${scene.namespace}, which alone are watched`,
      );
      expect(said.reviewed).to.equal(2);
    });
  });
});
