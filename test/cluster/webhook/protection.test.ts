import { expect } from 'chai';
import { annotation, inUseLabel } from '../../../src/model/annotations.ts';
import { group } from '../../../src/model/generation.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { minimal, type KindName } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { eventually } from '../controller/scene.ts';

describe('the deletion of what others refer to', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack;
  let namespace: string;

  before(async () => {
    stack = await startStack({ cluster: cluster(), api: 'v1' });
    namespace = await furnished();
  });
  after(async () => {
    await kubectl(['delete', 'namespace', namespace, '--timeout=60s']);
    await stack.stop();
  });

  /** A namespace with a gateway. */
  const furnished = async () => {
    const name = await freshNamespace('protection');
    await kubectl(
      ['apply', '-n', name, '-f', '-'],
      JSON.stringify(gatewayFor(stack, { scope: 'Namespaced' })),
    );
    return name;
  };
  const run = (...args: string[]) => cluster().kubectlRun([...args, '-n', namespace]);
  const manifest = (kind: KindName, name: string, spec: object, metadata: object = {}) => ({
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name, ...metadata },
    spec,
  });
  const apply = (...items: object[]) =>
    cluster().kubectlRun(
      ['apply', '-n', namespace, '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    );
  const key = (name: string, parent: string) =>
    manifest('ApiKey', name, { parentRef: { kind: 'RestApi', name: parent } });
  const isLabelled = async (name: string) =>
    (await run('get', 'restapi', name, '-o', 'json')).stdout.includes(inUseLabel);
  /** An API and its key, programmed, and the label that follows from it. */
  const inUse = async (name: string, metadata: object = {}) => {
    const spec = {
      ...minimal.RestApi,
      displayName: `${namespace} ${name}`,
      context: `/${namespace}/${name}`,
    };
    const { code, stderr } = await apply(manifest('RestApi', name, spec, metadata), key(`${name}-key`, name));
    expect(code, stderr).to.equal(0);
    await eventually(async () => expect(await isLabelled(name)).to.equal(true));
  };

  it('is refused to a person, with the names and the way out, until nothing refers to it any more', async () => {
    await inUse('books');
    const { code, stderr } = await run('delete', 'restapi', 'books');
    expect(code).not.to.equal(0);
    expect(stderr).to.contain(
      `RestApi ${namespace}/books is in use: ApiKey books-key refers to it; delete them first, or annotate it with ${annotation.allowDelete}=true`,
    );
    await kubectl(['delete', 'apikey', 'books-key', '-n', namespace, '--timeout=30s']);
    await eventually(async () => expect(await isLabelled('books')).to.equal(false));
    await kubectl(['delete', 'restapi', 'books', '-n', namespace, '--timeout=30s']);
  });

  it('is only a warning in a dry run, and to who deletes what Helm brought', async () => {
    await inUse('films', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } });
    for (const args of [['--dry-run=server'], ['--wait=false']]) {
      const { code, stderr } = await run('delete', 'restapi', 'films', ...args);
      expect(code, stderr).to.equal(0);
      expect(stderr).to.contain(`Warning: RestApi ${namespace}/films is in use: ApiKey films-key`);
    }
  });

  it('leaves it behind for nobody new to refer to', async () => {
    const { code, stderr } = await apply(key('late', 'films'));
    expect(code).not.to.equal(0);
    expect(stderr).to.contain('refers to RestApi films, which is being deleted');
    await kubectl(['delete', 'apikey', 'films-key', '-n', namespace, '--timeout=30s']);
    await eventually(async () => expect((await run('get', 'restapi', 'films')).code).not.to.equal(0));
  });

  for (const what of ['restapi', 'namespace'] as const) {
    it(`goes through with the annotation on the ${what === 'namespace' ? 'namespace' : 'object'}`, async () => {
      const name = `plays-${what}`;
      await inUse(name);
      const target = what === 'namespace' ? namespace : name;
      await run('annotate', what, target, `${annotation.allowDelete}=true`);
      const { code, stderr } = await run('delete', 'restapi', name, '--wait=false');
      expect(code, stderr).to.equal(0);
      await run('annotate', what, target, `${annotation.allowDelete}-`);
      await kubectl(['delete', 'apikey', `${name}-key`, '-n', namespace, '--timeout=30s']);
    });
  }

  it('is part of that of its namespace', async () => {
    const before = namespace;
    namespace = await furnished();
    await inUse('songs');
    await kubectl(['delete', 'namespace', namespace, '--timeout=60s']);
    namespace = before;
  });

  it('does not wait for a webhook that is down', async () => {
    await inUse('poems');
    const steps = [{ op: 'replace', path: '/webhooks/1/clientConfig/service/port', value: 1 }];
    const patch = ['--type=json', '-p', JSON.stringify(steps)];
    await kubectl(['patch', 'validatingwebhookconfiguration', 'portcullis', ...patch]);
    // A changed configuration reaches the API server's own cache a moment later.
    await eventually(async () => {
      const { code, stderr } = await run('delete', 'restapi', 'poems', '--wait=false');
      expect(code, stderr).to.equal(0);
      expect(stderr).not.to.contain('is in use');
    });
    await kubectl(['delete', 'apikey', 'poems-key', '-n', namespace, '--timeout=30s']);
  });
});
