import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { finalizer } from '../../../src/model/annotations.ts';
import { gatewayKind } from '../../../src/kinds/api-gateway.ts';
import { table } from '../../../src/kinds/table.ts';
import { group } from '../../../src/model/generation.ts';
import { startCluster, type Cluster } from '../../support/cluster/cluster.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { configuration, home, succeed } from '../../support/installation.ts';
import { minimal } from '../../support/manifests.ts';
import { root } from '../../support/root.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { eventually, type StoredObject } from '../controller/scene.ts';

const kinds = [...table.rows.map(({ plural }) => plural), gatewayKind.plural];
const configurations = 'validatingwebhookconfigurations,mutatingwebhookconfigurations';
const deployment = 'portcullis-controller';
const label = { app: deployment };

describe('the uninstall command', function () {
  this.timeout(240_000);
  // Everything of everybody is deleted: not where others test.
  let cluster: Cluster;
  let stack: Stack;
  let kubeconfig: string;

  before(async () => {
    cluster = await startCluster({ controllerManager: true });
    kubeconfig = await cluster.userKubeconfig('portcullis-uninstall');
    for (const name of ['shop', 'bank']) await kubectl('create', 'namespace', name);
    await begin();
    await applyAll(...permissions());
  });
  after(async () => {
    await stack.stop();
    await cluster.stop();
  });

  const kubectl = (...args: string[]) => succeed(cluster, args);
  const applyAll = (...items: readonly object[]) =>
    succeed(cluster, ['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const applyIn = (namespace: string, object: object) =>
    succeed(cluster, ['apply', '-n', namespace, '-f', '-'], JSON.stringify(object));
  const begin = async () => {
    stack = await startStack({ cluster, api: 'v1', controllerSettings: { PORTCULLIS_REACH: 'Any' } });
  };
  /** Runs it to its end, as the Job of the chart does. */
  const run = async (settings: Readonly<Record<string, string>> = {}) => {
    const env = {
      PATH: process.env.PATH,
      PORTCULLIS_NAMESPACE: home,
      PORTCULLIS_KUBECONFIG: kubeconfig,
      ...settings,
    };
    const child = spawn(process.execPath, [join(root, 'controller/uninstall/main.ts')], { env });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  };
  const done = async (settings: Readonly<Record<string, string>> = {}) => {
    const { code, stdout, stderr } = await run(settings);
    expect(code, stdout + stderr).to.equal(0);
    expect(stderr).to.equal('');
    return stdout;
  };
  const furnish = async (namespace: string, title: string) => {
    const spec = { ...minimal.RestApi, displayName: title, context: `/${title}` };
    await applyIn(namespace, { ...own('RestApi', title), spec });
    await applyIn(namespace, { ...own('ApiKey', `${title}-key`), spec: parentOf(title) });
    const names = [`restapi/${title}`, `apikey/${title}-key`];
    await kubectl('wait', '--for=condition=Ready', ...names, '-n', namespace, '--timeout=60s');
  };
  const stored = async (namespace?: string) => {
    const where = namespace === undefined ? ['--all-namespaces'] : ['-n', namespace];
    const types = ['restapis', 'apikeys', 'apigateways'].map((plural) => `${plural}.${group}`).join();
    const list = await kubectl('get', types, ...where, '-o', 'json');
    return (JSON.parse(list) as { items: StoredObject[] }).items;
  };
  const held = async (namespace?: string) =>
    (await stored(namespace))
      .filter(({ metadata }) => metadata.finalizers?.includes(finalizer))
      .map(({ metadata }) => metadata.name);
  const atGateway = async () => {
    const headers = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
    return await (await fetch(`${stack.gatewayUrl}/api/management/v1/rest-apis`, { headers })).text();
  };
  const replicas = () =>
    kubectl('get', 'deployment', deployment, '-n', home, '-o', 'jsonpath={.spec.replicas}');
  const podOf = async () =>
    (await kubectl('get', 'pods', '-n', home, '-l', `app=${deployment}`, '-o', 'name')).trim();
  /** A Deployment whose only Pod nobody runs. It goes when it is told to, and here not before `letGo`. */
  const deploy = async () => {
    await applyAll(controllerDeployment());
    const pod = await eventually(async () => {
      const name = await podOf();
      expect(name).to.not.equal('');
      return name;
    });
    await hold(pod, ['test.example.com/running']);
  };
  const hold = (pod: string, finalizers: readonly string[] | null) => {
    const patch = JSON.stringify({ metadata: { finalizers } });
    return kubectl('patch', pod, '-n', home, '--type=merge', '-p', patch);
  };

  it('with "keep" waits until the controller is gone, and releases everything, which the gateways go on serving', async () => {
    await applyIn('shop', gatewayFor(stack, { scope: 'Cluster' }));
    await furnish('shop', 'books');
    await furnish('bank', 'accounts');
    await deploy();
    const running = run();
    await eventually(async () => expect(await replicas()).to.equal('0'));
    expect(await kubectl('get', configurations, '-o', 'name')).to.equal('');
    const before = await held();
    expect(before).to.have.members(['books', 'books-key', 'accounts', 'accounts-key']);
    await stack.endController();
    await hold(await podOf(), null);
    const { code, stdout, stderr } = await running;
    expect(code, stdout + stderr).to.equal(0);
    expect(await held()).to.deep.equal([]);
    expect(await stored()).to.have.length(before.length + 1);
    expect(await atGateway())
      .to.contain('books')
      .and.to.contain('accounts');
    expect(stdout).to.contain(`ValidatingWebhookConfiguration ${configuration} is deleted`);
    expect(stdout).to.contain('restapis: 2 released');
    await kubectl('delete', 'namespace', 'bank', '--timeout=60s');
  });

  it('does nothing the second time, and says so', async () => {
    const versions = async () => (await stored()).map(({ metadata }) => JSON.stringify(metadata));
    const before = await versions();
    const stdout = await done();
    expect(stdout).to.contain(`MutatingWebhookConfiguration ${configuration} is not there`);
    expect(stdout).to.not.contain('released');
    expect(await versions()).to.deep.equal(before);
  });

  it('leaves a configuration that is not ours', async () => {
    const foreign = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: configuration },
      webhooks: [],
    };
    await applyAll(foreign);
    expect(await done()).to.contain('is not ours');
    expect(await kubectl('get', configurations, '-o', 'name')).to.contain(configuration);
    await kubectl('delete', configurations, configuration, '--ignore-not-found');
  });

  it('with "delete" has the controller take everything off its gateways', async () => {
    await stack.stop();
    await begin();
    await applyIn('shop', gatewayFor(stack, { scope: 'Cluster' }));
    await kubectl(
      'wait',
      '--for=condition=Ready',
      'restapi/books',
      'apikey/books-key',
      '-n',
      'shop',
      '--timeout=60s',
    );
    await furnish('shop', 'films');
    await kubectl('scale', 'deployment', deployment, '-n', home, '--replicas=1');
    expect(await atGateway()).to.contain('books');
    const stdout = await done({ PORTCULLIS_UNINSTALL_RESOURCES: 'delete' });
    expect(await stored()).to.deep.equal([]);
    expect(await atGateway())
      .to.not.contain('books')
      .and.to.not.contain('films');
    expect(stdout).to.contain('being deleted');
    expect(await replicas()).to.equal('1');
  });

  it('releases what could not be deleted in time, and names it', async () => {
    await stack.stop();
    await begin();
    await applyIn('shop', gatewayFor(stack, { scope: 'Cluster' }));
    await furnish('shop', 'plays');
    await stack.endController();
    const stdout = await done({
      PORTCULLIS_UNINSTALL_RESOURCES: 'delete',
      PORTCULLIS_UNINSTALL_TIMEOUT: '3s',
    });
    expect(stdout).to.contain('After 3s 2 are left').and.to.contain('RestApi shop/plays');
    expect(await stored()).to.deep.equal([]);
    expect(await atGateway()).to.contain('plays');
  });

  it('keeps to the watched namespaces, and does without one that nobody lets it read', async () => {
    await kubectl('create', 'namespace', 'bank');
    const object = (name: string) => ({
      apiVersion: `${group}/v1`,
      kind: 'RestApi',
      metadata: { name, finalizers: [finalizer] },
      spec: { ...minimal.RestApi, displayName: name, context: `/${name}` },
    });
    await kubectl('delete', configurations, configuration, '--ignore-not-found');
    await applyIn('shop', object('books'));
    await applyIn('bank', object('accounts'));
    await kubectl('delete', 'clusterrolebinding', 'portcullis-uninstall-resources');
    await applyAll(...bound('Role', 'portcullis-uninstall-resources', resourceRules, 'shop'));
    const stdout = await done({ PORTCULLIS_WATCH_NAMESPACES: 'shop,nowhere' });
    expect(stdout).to.contain('Namespace nowhere is left as it is');
    expect([await held('shop'), await held('bank')]).to.deep.equal([[], ['accounts']]);
  });

  it('says what it may not do, and ends with 1', async () => {
    const { code, stderr } = await run();
    expect(code).to.equal(1);
    expect(stderr).to.contain('could not list').and.to.contain('403');
  });

  it('has nothing to do where no CRD is left', async () => {
    await kubectl(
      'patch',
      'restapi',
      'accounts',
      '-n',
      'bank',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    );
    await kubectl('delete', 'crd', '-l', 'app.kubernetes.io/part-of=portcullis', '--timeout=60s');
    await kubectl('delete', 'deployment', deployment, '-n', home);
    await applyAll(...bound('ClusterRole', 'portcullis-uninstall-resources', resourceRules));
    for (const resources of ['keep', 'delete'])
      expect(await done({ PORTCULLIS_UNINSTALL_RESOURCES: resources })).to.contain(
        'Nothing of Portcullis holds',
      );
  });
});

const own = (kind: string, name: string) => ({ apiVersion: `${group}/v1`, kind, metadata: { name } });
const parentOf = (name: string) => ({ parentRef: { kind: 'RestApi', name } });

const resourceRules = [{ apiGroups: [group], resources: kinds, verbs: ['get', 'list', 'patch', 'delete'] }];

/** What docs/permissions.md says that it may do, and nothing else. */
function permissions(): readonly object[] {
  const named = (apiGroup: string, resources: readonly string[], verbs: readonly string[], name: string) => ({
    apiGroups: [apiGroup],
    resources,
    verbs,
    resourceNames: [name],
  });
  return [
    ...bound('ClusterRole', 'portcullis-uninstall-resources', resourceRules),
    ...bound('ClusterRole', 'portcullis-uninstall', [
      named('admissionregistration.k8s.io', configurations.split(','), ['get', 'delete'], configuration),
    ]),
    ...bound(
      'Role',
      'portcullis-uninstall',
      [
        named('apps', ['deployments'], ['get'], deployment),
        named('apps', ['deployments/scale'], ['patch'], deployment),
        { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      ],
      home,
    ),
  ];
}

function bound(kind: 'ClusterRole' | 'Role', name: string, rules: readonly object[], namespace?: string) {
  const apiGroup = 'rbac.authorization.k8s.io';
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  const subjects = [{ apiGroup, kind: 'User', name: 'portcullis-uninstall' }];
  return [
    { apiVersion: `${apiGroup}/v1`, kind, metadata, rules },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup, kind, name },
      subjects,
    },
  ];
}

function controllerDeployment(): object {
  const containers = [{ name: 'controller', image: 'example.com/none' }];
  const template = { metadata: { labels: label }, spec: { containers } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: deployment, namespace: home },
    spec: { replicas: 1, selector: { matchLabels: label }, template },
  };
}
