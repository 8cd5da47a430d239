import { expect } from 'chai';
import { finalizer } from '../../../src/model/annotations.ts';
import { group } from '../../../src/model/generation.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { minimal, specWith, type KindName } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';

describe('the webhook behind a real API server', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack;
  let namespace: string;

  before(async () => {
    stack = await startStack({ cluster: cluster(), api: 'v0.9', withoutController: true });
    namespace = await freshNamespace('admission');
    await kubectl(['create', 'secret', 'generic', 'creds', '-n', namespace, '--from-literal=token=abc']);
    await apply({
      apiVersion: `${group}/v1`,
      kind: 'APIGateway',
      metadata: { name: 'one', namespace },
      spec: {
        apiSelector: { scope: 'Namespaced', namespaces: [namespace] },
        management: { url: stack.gatewayUrl },
      },
    });
  });
  after(() => stack.stop());

  const manifest = (kind: KindName, name: string, spec: object = minimal[kind], metadata: object = {}) => ({
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name, namespace, ...metadata },
    spec,
  });
  const run = (object: object, ...args: string[]) =>
    cluster().kubectlRun(['apply', '-f', '-', ...args], JSON.stringify(object));
  const apply = async (object: object, ...args: string[]) => {
    const { code, stderr } = await run(object, ...args);
    expect(code, stderr).to.equal(0);
    return stderr;
  };
  const refusal = async (object: object, ...args: string[]) => {
    const { code, stderr } = await run(object, ...args);
    expect(code, 'it was admitted').not.to.equal(0);
    return stderr;
  };
  const named = (name: string) => ({ ...minimal.RestApi, displayName: name, context: `/${name}` });

  it('adds the finalizer and leaves the spec as it was written', async () => {
    await apply(manifest('RestApi', 'plain', named('plain')));
    const stored = JSON.parse(await kubectl(['get', 'restapi', 'plain', '-n', namespace, '-o', 'json'])) as {
      metadata: { finalizers: string[] };
      spec: object;
    };
    expect(stored.metadata.finalizers).to.deep.equal([finalizer]);
    expect(stored.spec).to.deep.equal(named('plain'));
  });

  it('takes both versions of the API, and judges them alike', async () => {
    const old = { ...manifest('RestApi', 'older', named('older')), apiVersion: `${group}/v1alpha1` };
    await apply(old);
    expect(await refusal({ ...old, spec: specWith('RestApi', 'version', 'x') })).to.contain(
      'spec.version: must match',
    );
  });

  it('admits the parent and the child that are applied together', async () => {
    const items = [
      manifest('RestApi', 'parent', named('parent')),
      manifest('ApiKey', 'child', { parentRef: { kind: 'RestApi', name: 'parent' } }),
    ];
    await apply({ apiVersion: 'v1', kind: 'List', items });
  });

  it('admits exactly one of two resources that want the same title at the same moment', async () => {
    const answers = await Promise.all(
      ['racer-a', 'racer-b', 'racer-c'].map((name) => run(manifest('RestApi', name, named('race')))),
    );
    expect(answers.filter(({ code }) => code === 0)).to.have.length(1);
    for (const { code, stderr } of answers)
      if (code !== 0) expect(stderr).to.contain('has the display name and version of');
  });

  it('reserves nothing in a dry run', async () => {
    await apply(manifest('RestApi', 'dry', named('dry')), '--dry-run=server');
    await apply(manifest('RestApi', 'wet', named('dry')));
  });

  describe('treats an absent reference', () => {
    const orphan = (name: string) =>
      manifest('ApiKey', name, { parentRef: { kind: 'RestApi', name: 'nowhere' } });

    it('as a refusal to a person', async () => {
      expect(await refusal(orphan('orphan-1'))).to.contain('refers to RestApi nowhere, which does not exist');
    });
    it('as a warning in a dry run', async () => {
      expect(await apply(orphan('orphan-2'), '--dry-run=server')).to.contain(
        'Warning: spec.parentRef: refers to RestApi nowhere',
      );
    });
    it('as a warning to a delivery tool', async () => {
      expect(
        await apply(orphan('orphan-3'), '--server-side', '--field-manager=argocd-controller'),
      ).to.contain('Warning: spec.parentRef');
    });
    it("as the namespace's label says", async () => {
      const lenient = await freshNamespace('lenient');
      await kubectl(['label', 'namespace', lenient, `${group}/enforcement=Warn`]);
      const object = { ...orphan('orphan-4'), metadata: { name: 'orphan-4', namespace: lenient } };
      // The label reaches the webhook by its informer, a moment after it was set.
      for (let attempt = 0; (await run(object)).code !== 0; attempt += 1) expect(attempt).to.be.lessThan(50);
    });
  });

  it('refuses a Secret to who may not read it, and says nothing else of it', async () => {
    const role = { apiGroups: [group], resources: ['*'], verbs: ['*'] };
    await kubectl(
      ['apply', '-f', '-'],
      JSON.stringify({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'dev', namespace },
        rules: [role],
      }),
    );
    await kubectl(['create', 'rolebinding', 'dev', '-n', namespace, '--role=dev', '--user=dev']);
    const kubeconfig = await cluster().userKubeconfig('dev');
    for (const name of ['creds', 'nowhere']) {
      const spec = { displayName: 'Token', value: { valueFrom: { name, key: 'token' } } };
      const said = await refusal(manifest('ManagedSecret', 'stolen', spec), `--kubeconfig=${kubeconfig}`);
      expect(said).to.contain(`spec.value: names Secret ${name}, which you may not read`);
      expect(said).not.to.match(/exist|empty|no such key/);
    }
  });

  it('does not refuse an edit elsewhere for a fault that is stored already', async () => {
    await apply(manifest('RestApi', 'faulty', named('faulty')));
    // Stored behind the webhook's back, as a rule that is newer than the object would find it.
    const configurations = ['validatingwebhookconfiguration', 'portcullis'];
    const text = await kubectl(['get', ...configurations, '-o', 'json']);
    await kubectl(['delete', ...configurations]);
    await apply(
      manifest('RestApi', 'faulty', { ...named('faulty'), upstream: { main: { url: 'nowhere' } } }),
    );
    const { metadata, ...rest } = JSON.parse(text) as { metadata: { name: string } };
    await kubectl(['create', '-f', '-'], JSON.stringify({ ...rest, metadata: { name: metadata.name } }));
    const broken = (context: string) =>
      manifest('RestApi', 'faulty', { ...named('faulty'), context, upstream: { main: { url: 'nowhere' } } });
    expect(await apply(broken('/elsewhere'))).to.contain('Warning: spec.upstream.main.url');
    expect(
      await refusal(
        manifest('RestApi', 'faulty', { ...named('faulty'), upstream: { main: { url: 'still nowhere' } } }),
      ),
    ).to.contain('spec.upstream.main.url');
  });

  it('refuses a gateway that nobody can reach, with every fault', async () => {
    const management = {
      url: 'ftp://x',
      serviceRef: { name: 'y' },
      auth: { basic: { secretRef: { name: 'nowhere' } } },
    };
    const said = await refusal({
      apiVersion: `${group}/v1`,
      kind: 'APIGateway',
      metadata: { name: 'two', namespace },
      spec: { apiSelector: { scope: 'Everything' }, management },
    });
    expect(said).to.contain('spec.apiSelector.scope: must be one of Cluster, Namespaced, LabelSelector');
    const fixed = { apiSelector: { scope: 'Cluster' }, management };
    const more = await refusal({
      apiVersion: `${group}/v1`,
      kind: 'APIGateway',
      metadata: { name: 'two', namespace },
      spec: fixed,
    });
    for (const part of [
      'exactly one of url and serviceRef',
      'must be an http or https URL',
      `Secret ${namespace}/nowhere, which does not exist`,
    ]) {
      expect(more).to.contain(part);
    }
  });
});
