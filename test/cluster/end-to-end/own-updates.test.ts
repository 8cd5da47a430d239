import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { finalizer, inUseLabel } from '../../../src/model/annotations.ts';
import { group } from '../../../src/model/generation.ts';
import { startCluster, type Cluster } from '../../support/cluster/cluster.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { succeed } from '../../support/installation.ts';
import { minimal } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { reviewsOf } from '../../support/webhook-metrics.ts';
import { eventually } from '../controller/scene.ts';

/** A line of the API server's audit log, as far as it is read here. */
interface Entry {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly apiGroup?: string;
  };
  readonly responseStatus?: { readonly code: number };
}

const namespace = 'shop';
const namespaced = ['-n', namespace];
const writing = ['create', 'update', 'patch', 'delete'];

describe('what the controller itself writes', function () {
  this.timeout(300_000);
  let cluster: Cluster;
  let stack: Stack;
  let folder: string;
  let from = 0;

  before(async function () {
    if (process.env.USE_EXISTING_CLUSTER === 'true') {
      process.stderr.write('SKIPPED, loudly: the audit log of an existing cluster is not ours to read\n');
      this.skip();
    }
    // A cluster of its own, for the audit log: it says who asked for what, and what was answered.
    folder = await mkdtemp(join(tmpdir(), 'portcullis-audit-'));
    cluster = await startCluster({ controllerManager: true, auditLog: join(folder, 'audit.log') });
    stack = await startStack({ cluster, api: 'v1' });
    await kubectl('create', 'namespace', namespace);
    await kubectl('create', 'secret', 'generic', 'creds', ...namespaced, '--from-literal=token=abc');
    await apply(gatewayFor(stack, { scope: 'Namespaced' }));
    await kubectl('wait', '--for=condition=Reachable', 'apigateway/emulated', ...namespaced, '--timeout=60s');
    await showEverything();
  });
  after(async () => {
    await stack.stop();
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const kubectl = (...args: string[]) => succeed(cluster, args);
  const apply = (object: object) =>
    succeed(cluster, ['apply', ...namespaced, '-f', '-'], JSON.stringify(object));
  const resource = (kind: 'RestApi' | 'ApiKey' | 'ManagedSecret', name: string, spec: object) => ({
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name },
    spec,
  });
  const metadataOf = async (type: string, name: string) =>
    (
      JSON.parse(await kubectl('get', `${type}.${group}`, name, ...namespaced, '-o', 'json')) as {
        metadata: { labels?: Record<string, string>; finalizers?: string[] };
      }
    ).metadata;

  /**
   * Sends the webhook even what the conditions of its configuration keep from it, status and all: what is shown here
   * is that it admits these by itself, not only that nobody asks it.
   */
  const showEverything = async () => {
    for (const kind of ['validatingwebhookconfiguration', 'mutatingwebhookconfiguration']) {
      const steps = [
        { op: 'remove', path: '/webhooks/0/matchConditions' },
        { op: 'replace', path: '/webhooks/0/rules/0/resources', value: ['*', '*/status'] },
      ];
      await kubectl('patch', kind, 'portcullis', '--type=json', '-p', JSON.stringify(steps));
    }
  };
  /** What was asked since `from`, in order. */
  const entries = async () => {
    const lines = (await readFile(join(folder, 'audit.log'), 'utf8')).split('\n').slice(from);
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Entry);
  };
  const restart = async () => {
    from = (await readFile(join(folder, 'audit.log'), 'utf8')).split('\n').length - 1;
  };
  const accessAsked = async () =>
    (await entries()).filter(({ objectRef }) => objectRef?.resource === 'subjectaccessreviews').length;
  const written = async () =>
    (await entries()).filter(
      ({ user, verb, objectRef }) =>
        user.username === 'portcullis-controller' && objectRef?.apiGroup === group && writing.includes(verb),
    );

  it('is not what a person does, who is asked for the Secret that a spec names', async () => {
    await restart();
    const spec = { displayName: 'token', value: { valueFrom: { name: 'creds', key: 'token' } } };
    await apply(resource('ManagedSecret', 'token', spec));
    await kubectl('wait', '--for=condition=Ready', 'managedsecret/token', ...namespaced, '--timeout=30s');
    expect(await accessAsked()).to.be.greaterThan(0);
  });

  it('asks for nobody’s Secret, reaches the webhook all the same, and is never refused', async () => {
    await restart();
    const before = await reviewsOf(stack.webhooks[0]!);
    // A label and a status for the secret, by what refers to it; a finalizer that somebody has taken away.
    const params = { request: { headers: [{ name: 'X-Token', value: '{{ secret "token" }}' }] } };
    const policies = [{ name: 'set-headers', version: 'v1', params }];
    await apply(resource('RestApi', 'books', { ...minimal.RestApi, policies }));
    await kubectl('wait', '--for=condition=Ready', 'restapi/books', ...namespaced, '--timeout=30s');
    await eventually(async () =>
      expect((await metadataOf('managedsecrets', 'token')).labels?.[inUseLabel]).to.equal('true'),
    );
    const none = ['--type=merge', '-p', '{"metadata":{"finalizers":null}}'];
    await kubectl('patch', 'managedsecret', 'token', ...namespaced, ...none);
    await eventually(async () =>
      expect((await metadataOf('managedsecrets', 'token')).finalizers).to.include(finalizer),
    );
    await kubectl('delete', 'restapi', 'books', ...namespaced, '--timeout=30s');
    await eventually(async () =>
      expect((await metadataOf('managedsecrets', 'token')).labels?.[inUseLabel]).to.equal(undefined),
    );
    await kubectl('delete', 'managedsecret', 'token', ...namespaced, '--timeout=30s');

    const writes = await written();
    const done = writes.map(
      ({ objectRef }) => `${objectRef?.resource} ${objectRef?.subresource ?? 'object'}`,
    );
    expect(done).to.include.members(['restapis status', 'restapis object', 'managedsecrets object']);
    // 409: another was faster, which is tried again; 404: what it was about is gone.
    const codes = writes.map(({ responseStatus }) => responseStatus?.code ?? 0);
    expect(codes.filter((code) => code >= 400 && code !== 409 && code !== 404)).to.deep.equal([]);
    expect(await reviewsOf(stack.webhooks[0]!)).to.be.greaterThan(before + codes.length / 2);
    expect(await accessAsked()).to.equal(0);
  });
});
