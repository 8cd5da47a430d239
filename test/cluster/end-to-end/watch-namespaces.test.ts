import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { finalizer, inUseLabel, markAnnotation } from '../../../src/model/annotations.ts';
import { group } from '../../../src/model/generation.ts';
import { startCluster, type Cluster } from '../../support/cluster/cluster.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { configuration, home, succeed } from '../../support/installation.ts';
import { minimal } from '../../support/manifests.ts';
import { confine, letIn } from '../../support/scoped-roles.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { eventually, type StoredObject } from '../controller/scene.ts';

/** A line of the API server's audit log, as far as it is read here. */
interface Entry {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource: string; readonly namespace?: string; readonly apiGroup?: string };
  readonly responseStatus?: { readonly code: number };
}

const watched = ['shop', 'bank', 'late'];
const users = ['portcullis-webhook', 'portcullis-controller'];

describe('an installation that watches some namespaces, with Roles in these', function () {
  this.timeout(300_000);
  let cluster: Cluster;
  let stack: Stack;
  let folder: string;

  before(async function () {
    if (process.env.USE_EXISTING_CLUSTER === 'true') {
      process.stderr.write('SKIPPED, loudly: the audit log of an existing cluster is not ours to read\n');
      this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'portcullis-scope-'));
    cluster = await startCluster({ controllerManager: true, auditLog: join(folder, 'audit.log') });
    for (const name of ['shop', 'bank', 'foreign']) await kubectl('create', 'namespace', name);
    const settings = { PORTCULLIS_WATCH_NAMESPACES: watched.join(), PORTCULLIS_REACH: 'Any' };
    stack = await startStack({
      cluster,
      api: 'v1',
      webhookSettings: settings,
      // Whoever shares the work lists anew what he takes over: that, too, by namespaces.
      controllerSettings: { ...settings, PORTCULLIS_DRIFT_INTERVAL_SECONDS: '1', PORTCULLIS_SHARDS: '2' },
      installed: async () => {
        await confine(cluster, ['shop', 'bank']);
        await select(watched);
      },
    });
    await applyIn('shop', gatewayFor(stack, { scope: 'Cluster' }));
    await kubectl('wait', '--for=condition=Reachable', 'apigateway/emulated', '-n', 'shop', '--timeout=60s');
  });
  after(async () => {
    await stack.stop();
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const kubectl = (...args: string[]) => succeed(cluster, args);
  const applyIn = (namespace: string, object: object) =>
    succeed(cluster, ['apply', '-n', namespace, '-f', '-'], JSON.stringify(object));
  /** Whose reviews come to the webhook. */
  const select = async (namespaces: readonly string[] | undefined) => {
    const expression = { key: 'kubernetes.io/metadata.name', operator: 'In', values: namespaces };
    const value = namespaces === undefined ? {} : { matchExpressions: [expression] };
    for (const [kind, count] of [
      ['validatingwebhookconfiguration', 2],
      ['mutatingwebhookconfiguration', 1],
    ] as const) {
      const steps = Array.from({ length: count }, (_, index) => ({
        op: 'add',
        path: `/webhooks/${index}/namespaceSelector`,
        value,
      }));
      await kubectl('patch', kind, configuration, '--type=json', '-p', JSON.stringify(steps));
    }
  };
  const restApi = (name: string, spec: object = {}) => ({
    apiVersion: `${group}/v1`,
    kind: 'RestApi',
    metadata: { name },
    spec: { ...minimal.RestApi, displayName: name, context: `/${name}`, ...spec },
  });
  const get = async (namespace: string, kind: string, name: string) =>
    JSON.parse(
      await kubectl('get', `${kind}.${group}`, name, '-n', namespace, '-o', 'json'),
    ) as StoredObject & {
      metadata: { labels?: Record<string, string> };
    };
  const ready = (namespace: string, ...names: readonly string[]) =>
    kubectl('wait', '--for=condition=Ready', ...names, '-n', namespace, '--timeout=60s');
  const headers = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
  const apis = () => `${stack.gatewayUrl}/api/management/v1/rest-apis`;
  const atGateway = async (name: string) => (await fetch(`${apis()}/${name}`, { headers })).status;
  /** What stands at the gateway and bears the mark of a resource. */
  const put = async (namespace: string, name: string) => {
    const uid = await kubectl('get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}');
    const mark = `portcullis/${uid}/RestApi/${namespace}/${name}`;
    const { apiVersion, kind, metadata, spec } = restApi(name);
    const annotations = { [markAnnotation]: mark };
    const body = JSON.stringify({ apiVersion, kind, metadata: { ...metadata, annotations }, spec });
    const answer = await fetch(apis(), {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
    expect(answer.status, await answer.text()).to.equal(201);
  };
  const asked = async () => {
    const lines = (await readFile(join(folder, 'audit.log'), 'utf8'))
      .split('\n')
      .filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Entry).filter(({ user }) => users.includes(user.username));
  };
  const unreadable = async (url: string, process: 'controller' | 'admission') => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const series = new RegExp(`^portcullis_${process}_unreadable_namespaces\\{namespace="(.*)"\\} 1$`, 'gm');
    return [...text.matchAll(series)].map(([, namespace]) => namespace);
  };

  it('judges, completes and programs what is in them', async () => {
    await kubectl(
      'create',
      'secret',
      'generic',
      'creds',
      '-n',
      'bank',
      '--from-literal=token=s3cr3t-s3cr3t-s3cr3t',
    );
    const value = { valueFrom: { name: 'creds', key: 'token' } };
    const spec = { displayName: 'token', value };
    const secret = { apiVersion: `${group}/v1`, kind: 'ManagedSecret', metadata: { name: 'token' }, spec };
    const params = { request: { headers: [{ name: 'X-Token', value: '{{ secret "token" }}' }] } };
    const policies = [{ name: 'set-headers', version: 'v1', params }];
    await applyIn('bank', secret);
    await applyIn('bank', restApi('accounts', { policies }));
    await applyIn('shop', restApi('books'));
    await ready('bank', 'restapi/accounts', 'managedsecret/token');
    await ready('shop', 'restapi/books');
    expect((await get('bank', 'restapis', 'accounts')).metadata.finalizers).to.deep.equal([finalizer]);
    await eventually(async () => {
      expect((await get('bank', 'managedsecrets', 'token')).metadata.labels?.[inUseLabel]).to.equal('true');
    });
    const key = { parentRef: { kind: 'RestApi', name: 'accounts' } };
    await applyIn('bank', {
      apiVersion: `${group}/v1`,
      kind: 'ApiKey',
      metadata: { name: 'key' },
      spec: key,
    });
    await ready('bank', 'apikey/key');
    const { code, stderr } = await cluster.kubectlRun(
      ['apply', '-n', 'bank', '-f', '-'],
      JSON.stringify(restApi('books')),
    );
    expect(code).to.not.equal(0);
    expect(stderr).to.contain('RestApi shop/books');
  });

  it('leaves what is in others as it is', async () => {
    const text = await applyIn('foreign', restApi('films'));
    expect(text).to.contain('films created');
    await select(undefined);
    const { code, stderr } = await cluster.kubectlRun(
      ['apply', '-n', 'foreign', '-f', '-'],
      JSON.stringify(restApi('plays')),
    );
    await select(watched);
    expect(code, stderr).to.equal(0);
    expect(stderr).to.contain('does not watch namespace foreign');
    for (const name of ['films', 'plays']) {
      const { metadata, status } = await get('foreign', 'restapis', name);
      expect([metadata.finalizers, status]).to.deep.equal([undefined, undefined]);
      expect(await atGateway(name)).to.equal(404);
    }
  });

  it('deletes at the gateway what its own lost resources left, and never what others have there', async () => {
    await put('foreign', 'films');
    await put('never-watched', 'maps');
    await put('shop', 'lost');
    await eventually(async () => expect(await atGateway('lost')).to.equal(404), 60_000);
    expect([await atGateway('films'), await atGateway('maps')]).to.deep.equal([200, 200]);
    // Nor does anybody take their place, though no resource can be seen that would hold it.
    await applyIn('shop', restApi('films'));
    await kubectl('wait', '--for=condition=Ready=False', 'restapi/films', '-n', 'shop', '--timeout=60s');
    await kubectl('delete', 'restapi', 'films', '-n', 'shop', '--timeout=60s');
    expect(await atGateway('films')).to.equal(200);
  });

  it('does without a namespace that is not there yet, and works in it when its Roles are', async () => {
    const probes = [
      [stack.controllerProbeUrl, 'controller'],
      [stack.webhooks[0]!.probeUrl, 'admission'],
    ] as const;
    for (const [url, process] of probes) expect(await unreadable(url, process)).to.deep.equal(['late']);
    await kubectl('create', 'namespace', 'late');
    const { stderr } = await cluster.kubectlRun(
      ['apply', '-n', 'late', '-f', '-'],
      JSON.stringify(restApi('trains')),
    );
    expect(stderr).to.contain('may not read namespace late');
    await letIn(cluster, 'late');
    await eventually(async () => {
      for (const [url, process] of probes) expect(await unreadable(url, process)).to.deep.equal([]);
    }, 120_000);
    await applyIn('late', restApi('trains'));
    await ready('late', 'restapi/trains');
  });

  it('lets a watched namespace go with all that is in it', async () => {
    await kubectl('delete', 'namespace', 'bank', '--timeout=90s');
    await eventually(async () => expect(await atGateway('accounts')).to.equal(404));
  });

  it('has asked for nothing that it may not have, and for namespaced things by their namespaces only', async () => {
    const entries = await asked();
    const forbidden = entries.filter(
      ({ responseStatus, objectRef }) =>
        responseStatus?.code === 403 && !['late', 'bank'].includes(objectRef?.namespace ?? ''),
    );
    expect(forbidden).to.deep.equal([]);
    const namespaced = entries.filter(
      ({ objectRef }) =>
        objectRef?.apiGroup === group ||
        ['secrets', 'configmaps', 'services', 'events'].includes(objectRef?.resource ?? ''),
    );
    const places = new Set(namespaced.map(({ objectRef }) => objectRef?.namespace ?? 'everywhere'));
    expect([...places].toSorted()).to.deep.equal([...watched, home].toSorted());
  });
});
