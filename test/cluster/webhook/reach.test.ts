import { expect } from 'chai';
import { admitsLabel, annotation } from '../../../src/model/annotations.ts';
import { group } from '../../../src/model/generation.ts';
import { grantFor } from '../../../src/selection/reach.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { minimal } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { eventually, type StoredObject } from '../controller/scene.ts';

const apigateway = `apigateway.${group}`;

describe("a tenant's gateway", function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack;
  let home: string;
  let other: string;
  let tenant: string;

  before(async () => {
    stack = await startStack({ cluster: cluster(), api: 'v1' });
    home = await freshNamespace('tenant');
    other = await freshNamespace('neighbour');
    tenant = `--as=of-${home}`;
    const rules = [
      { apiGroups: [group], resources: ['*'], verbs: ['*'] },
      { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
    ];
    const named = { name: 'tenant', namespace: home };
    const rbac = 'rbac.authorization.k8s.io';
    const items = [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'admin', namespace: home },
        stringData: { username: 'admin', password: 'admin' },
      },
      { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: named, rules },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata: named,
        roleRef: { apiGroup: rbac, kind: 'Role', name: 'tenant' },
        subjects: [{ apiGroup: rbac, kind: 'User', name: `of-${home}` }],
      },
    ];
    await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  });
  after(async () => {
    await kubectl(['delete', 'restapis', '--all', '-n', home, '--timeout=60s']);
    await kubectl(['delete', 'restapis', '--all', '-n', other, '--timeout=60s']);
    await kubectl(['delete', 'namespace', home, other, '--timeout=60s']);
    await stack.stop();
  });

  const everything = { scope: 'Cluster' };
  const labelled = () => ({ scope: 'LabelSelector', matchLabels: { edge: home } });
  const gateway = (apiSelector: object, more: object = {}, url = stack.gatewayUrl) => ({
    apiVersion: `${group}/v1`,
    kind: 'APIGateway',
    metadata: { name: 'edge', namespace: home },
    spec: {
      apiSelector,
      management: { url, auth: { basic: { secretRef: { name: 'admin' } } } },
      ...more,
    },
  });
  const api = (namespace: string, name: string) => ({
    apiVersion: `${group}/v1`,
    kind: 'RestApi',
    metadata: { name, namespace, labels: { edge: home } },
    spec: { ...minimal.RestApi, displayName: `${namespace} ${name}`, context: `/${namespace}/${name}` },
  });
  /** Runs kubectl on an object; returns what it warned of. */
  const run = async (args: readonly string[], object?: object) => {
    const input = object === undefined ? undefined : JSON.stringify(object);
    const { code, stderr } = await cluster().kubectlRun(args, input);
    expect(code, stderr).to.equal(0);
    return stderr;
  };
  const apply = (object: object, ...args: string[]) => run(['apply', '-f', '-', ...args], object);
  const annotate = (value: string, ...args: string[]) =>
    run(['annotate', apigateway, 'edge', '-n', home, `${annotation.reach}=${value}`, '--overwrite', ...args]);
  const get = async (type: string, name: string, namespace: string) =>
    JSON.parse(await kubectl(['get', type, name, '-n', namespace, '-o', 'json'])) as StoredObject & {
      readonly metadata: { readonly annotations?: Record<string, string>; readonly namespace: string };
      readonly kind: string;
    };
  const grant = async () => (await get(apigateway, 'edge', home)).metadata.annotations?.[annotation.reach];
  const isGranted = async () => {
    const stored = await get(apigateway, 'edge', home);
    expect(stored.metadata.annotations?.[annotation.reach]).to.equal(grantFor(stored));
  };
  /** Waits until a resource is told where it stands: Ready, or NoGateway. */
  const reads = (namespace: string, name: string, reason: string) =>
    eventually(async () => {
      const { status } = await get('restapi', name, namespace);
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      expect(ready?.reason, JSON.stringify(status)).to.equal(reason);
    });
  const reaches = (status: 'True' | 'False') =>
    kubectl(['wait', `--for=condition=Reach=${status}`, apigateway, 'edge', '-n', home, '--timeout=30s']);

  it('that asks for everything is admitted with a warning, and not granted it', async () => {
    expect(await apply(gateway(everything), tenant)).to.contain(
      'Warning: spec.apiSelector: takes nothing of other namespaces; who may bind apigateways grants it',
    );
    expect(await grant()).to.equal(undefined);
    await reaches('False');
  });

  it('takes what is in its own namespace and nothing else, and both processes say so', async () => {
    await apply(api(home, 'books'), tenant);
    // The informer of the webhook may be a moment behind.
    await eventually(async () => {
      const said = await apply(api(other, 'films'), '--dry-run=server');
      expect(said).to.contain('no gateway takes this resource').and.to.contain(`${admitsLabel}=${home}`);
    });
    await apply(api(other, 'films'));
    await reads(home, 'books', 'Ready');
    await reads(other, 'films', 'NoGateway');
  });

  it('does not get further by an annotation that the tenant writes, nor through the status', async () => {
    const made = grantFor(await get(apigateway, 'edge', home));
    await annotate(made, tenant);
    expect(await grant()).to.equal(undefined);
    const patch = JSON.stringify({ metadata: { annotations: { [annotation.reach]: made } } });
    const status = ['--subresource=status', '--type=merge', '-p', patch];
    await run(['patch', apigateway, 'edge', '-n', home, tenant, ...status]);
    expect(await grant()).to.equal(undefined);
    await reads(other, 'films', 'NoGateway');
  });

  it('takes from a namespace that admits it, for as long as that does', async () => {
    for (const admitted of [home, 'Any']) {
      await kubectl(['label', 'namespace', other, `${admitsLabel}=${admitted}`]);
      await reads(other, 'films', 'Ready');
      await kubectl(['label', 'namespace', other, `${admitsLabel}-`]);
      await reads(other, 'films', 'NoGateway');
    }
  });

  it('tells an older rival that may come only now who has its place, until it may not any more', async () => {
    await apply(api(other, 'plays'));
    // Times of creation are whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await apply(api(home, 'plays'), tenant);
    await reads(home, 'plays', 'Ready');
    await kubectl(['label', 'namespace', other, `${admitsLabel}=${home}`]);
    await reads(other, 'plays', 'HandleConflict');
    await reads(home, 'plays', 'Ready');
    await kubectl(['label', 'namespace', other, `${admitsLabel}-`]);
    await reads(other, 'plays', 'NoGateway');
    await kubectl(['delete', 'restapi', 'plays', '-n', other, '--timeout=30s']);
    await kubectl(['delete', 'restapi', 'plays', '-n', home, '--timeout=30s']);
  });

  it('is granted its reach when somebody who may asks for it', async () => {
    await apply(gateway(labelled()), tenant);
    expect(await grant()).to.equal(undefined);
    await annotate('Requested');
    await isGranted();
    await reaches('True');
    await reads(other, 'films', 'Ready');
  });

  it('keeps it when the tenant changes something else, even by a manifest that lacks it', async () => {
    expect(await apply(gateway(labelled(), { apiKeysPerUser: 5 }), tenant)).not.to.contain('Warning');
    await isGranted();
    await run(['replace', '-f', '-', tenant], gateway(labelled(), { apiKeysPerUser: 6 }));
    await isGranted();
    const label = ['label', apigateway, 'edge', '-n', home, 'team=tenant'];
    await run([...label, tenant]);
    await isGranted();
    await reads(other, 'films', 'Ready');
  });

  it('loses it when the tenant widens its selector', async () => {
    expect(await apply(gateway(everything), tenant)).to.contain('takes nothing of other namespaces any more');
    expect(await grant()).to.equal(undefined);
    await reads(other, 'films', 'NoGateway');
    await reads(home, 'books', 'Ready');
  });

  it('loses it when the tenant leads it to another address', async () => {
    await apply(gateway(labelled()));
    await isGranted();
    await reads(other, 'films', 'Ready');
    const elsewhere = stack.gatewayUrl.replace('127.0.0.1', 'localhost');
    expect(await apply(gateway(labelled(), {}, elsewhere), tenant)).to.contain(
      'takes nothing of other namespaces any more',
    );
    expect(await grant()).to.equal(undefined);
    await reads(other, 'films', 'NoGateway');
  });

  it('is warned about where it would select two resources that collide', async () => {
    await apply(api(other, 'books'));
    const both = { scope: 'Namespaced', namespaces: [home, other] };
    await eventually(async () => {
      expect(await apply(gateway(both), '--dry-run=server')).to.match(
        new RegExp(
          `selects RestApi (${home}|${other})/books and RestApi (${home}|${other})/books, which have the same handle`,
        ),
      );
    });
  });

  it('is refused a claim where nothing takes it away', async () => {
    const configuration = ['mutatingwebhookconfiguration', 'portcullis'];
    const stored = await get(apigateway, 'edge', home);
    await kubectl(['delete', ...configuration]);
    const claim = `${annotation.reach}=${grantFor(stored)}`;
    // A changed configuration reaches the API server's own cache a moment later.
    await eventually(async () => {
      const args = ['annotate', apigateway, 'edge', '-n', home, claim, tenant, '--overwrite'];
      const { code, stderr } = await cluster().kubectlRun(args);
      expect(code).not.to.equal(0);
      expect(stderr).to.contain(
        'is set for who may bind apigateways in the whole cluster, which you may not',
      );
    });
  });
});
