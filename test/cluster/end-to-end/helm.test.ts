import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { group } from '../../../src/model/generation.ts';
import type { ResourceStatus } from '../../../src/model/status.ts';
import type { KubectlAnswer } from '../../support/cluster/cluster.ts';
import { helmFor } from '../../support/cluster/helm.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { gatewayLists } from '../../support/gateway-contents.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { root } from '../../support/root.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { eventually } from '../controller/scene.ts';

interface Stored {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager: string }[];
  };
  readonly status?: ResourceStatus;
}

const chart = join(root, 'test/charts/assistant');
const kinds = ['ApiKey', 'LlmProvider', 'LlmProviderTemplate', 'LlmProxy', 'RestApi'];

describe('a chart that holds a parent and its children, installed by helm', function () {
  // The first run on a machine builds helm.
  this.timeout(600_000);
  const cluster = useCluster();
  let stack: Stack;
  let namespace: string;
  let folder: string;
  let helm: (args: readonly string[]) => Promise<KubectlAnswer>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-helm-'));
    helm = await helmFor(cluster(), folder);
    stack = await startStack({ cluster: cluster(), api: 'v1' });
    namespace = await freshNamespace('release');
    await kubectl(
      ['apply', '-n', namespace, '-f', '-'],
      JSON.stringify(gatewayFor(stack, { scope: 'Namespaced' })),
    );
    await kubectl([
      'wait',
      '--for=condition=Reachable',
      'apigateway/emulated',
      '-n',
      namespace,
      '--timeout=60s',
    ]);
  });
  after(async () => {
    await kubectl(['delete', 'namespace', namespace, '--timeout=60s']);
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const succeed = async (...args: string[]) => {
    const answer = await helm([...args, '-n', namespace]);
    expect(answer.code, answer.stderr).to.equal(0);
    return answer;
  };
  /** Everything of ours but the gateway. */
  const resources = async () => {
    const text = await kubectl(['get', 'portcullis', '-n', namespace, '-o', 'json', '--show-managed-fields']);
    const { items } = JSON.parse(text) as { items: readonly Stored[] };
    return items.filter(({ kind }) => kind !== 'APIGateway');
  };
  const allReady = () =>
    eventually(async () => {
      const found = await resources();
      expect(found.map(({ kind }) => kind).sort()).to.deep.equal(kinds);
      for (const { kind, metadata, status } of found) {
        const ready = status?.conditions?.find(({ type }) => type === 'Ready');
        expect(ready?.status, `${kind} ${metadata.name}: ${JSON.stringify(status ?? null)}`).to.equal('True');
      }
    }, 30_000);
  const onGateway = () => gatewayLists(stack, 'v1');

  it('is taken in one go, though helm sends the child before its parent, and becomes Ready', async () => {
    const { stderr } = await succeed('install', 'atlas', chart);
    expect(stderr).to.contain('spec.parentRef: refers to RestApi atlas-shelves, which does not exist');
    await allReady();
    const managers = (await resources()).map(({ metadata }) => metadata.managedFields?.[0]?.manager);
    expect(managers).to.deep.equal(kinds.map(() => 'helm'));
    expect(await onGateway())
      .to.contain('"atlas-shelves"')
      .and.to.contain('"atlas-tokens"');
  });

  it('is upgraded, and the gateway follows', async () => {
    await succeed('upgrade', 'atlas', chart, '--set', 'backend.url=http://other-shelves:8080');
    await eventually(async () => expect(await onGateway()).to.contain('http://other-shelves:8080'));
    await allReady();
  });

  it('is rolled back', async () => {
    await succeed('rollback', 'atlas', '1');
    await eventually(async () => expect(await onGateway()).not.to.contain('other-shelves'));
    await allReady();
  });

  it('is uninstalled at the first attempt, and leaves nothing here nor on the gateway', async () => {
    const inUse = (await resources()).filter(
      ({ metadata }) => metadata.labels?.[`${group}/in-use`] === 'true',
    );
    expect(inUse.map(({ kind }) => kind)).to.include.members(['LlmProvider', 'RestApi']);
    await succeed('uninstall', 'atlas', '--wait', '--timeout', '60s');
    expect(await resources()).to.deep.equal([]);
    expect(await onGateway()).not.to.contain('atlas');
  });

  it('is installed again under the same name, with --wait', async () => {
    // The garbage collector looks for new kinds every 30 s only; without it the former key's Secret would be in the way.
    await kubectl(['delete', 'secret', 'atlas-shelves-api-key', '-n', namespace, '--ignore-not-found']);
    await succeed('install', 'atlas', chart, '--wait', '--timeout', '60s');
    await allReady();
    await succeed('uninstall', 'atlas', '--wait', '--timeout', '60s');
    expect(await resources()).to.deep.equal([]);
  });

  it('is refused whole where one of its objects has a fault that no later object mends', async () => {
    const { code, stderr } = await helm([
      'install',
      'faulty',
      chart,
      '-n',
      namespace,
      '--set',
      'vendor.url=nowhere',
    ]);
    expect(code).not.to.equal(0);
    expect(stderr).to.contain('spec.upstream.url: must be').and.to.contain('got "nowhere"');
    await succeed('uninstall', 'faulty', '--wait', '--timeout', '60s');
    expect(await resources()).to.deep.equal([]);
  });
});
