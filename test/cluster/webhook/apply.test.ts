import { expect } from 'chai';
import { finalizer } from '../../../src/model/annotations.ts';
import { group } from '../../../src/model/generation.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { minimal, specWith, type KindName } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';

/** The ways of a person with kubectl to the API server; each is another request, by another field manager. */
const ways = [
  { title: 'kubectl apply', args: ['apply'], name: 'client-side' },
  { title: 'kubectl apply --server-side', args: ['apply', '--server-side'], name: 'server-side' },
] as const;

describe('a person with kubectl', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack;
  let namespace: string;

  before(async () => {
    stack = await startStack({ cluster: cluster(), api: 'v1', withoutController: true });
    namespace = await freshNamespace('person');
    await kubectl(
      ['apply', '-n', namespace, '-f', '-'],
      JSON.stringify(gatewayFor(stack, { scope: 'Namespaced' })),
    );
  });
  after(() => stack.stop());

  const manifest = (kind: KindName, name: string, spec: object) => ({
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name, namespace },
    spec,
  });
  const api = (name: string, more: object = {}) =>
    manifest('RestApi', name, { ...minimal.RestApi, displayName: name, context: `/${name}`, ...more });
  const key = (name: string, parent: string) =>
    manifest('ApiKey', name, { parentRef: { kind: 'RestApi', name: parent } });
  const list = (...items: object[]) => ({ apiVersion: 'v1', kind: 'List', items });
  const run = (object: object, ...args: string[]) =>
    cluster().kubectlRun([...args, '-f', '-'], JSON.stringify(object));
  const exists = async (type: string, name: string) =>
    (await kubectl(['get', type, name, '-n', namespace, '-o', 'name', '--ignore-not-found'])) !== '';

  for (const { title, args, name } of ways) {
    describe(`who says ${title}`, () => {
      it('creates, changes and leaves alone what is valid, without a word of ours', async () => {
        const steps = [
          [api(name), 'created|serverside-applied'],
          [api(name, { version: 'v2.0' }), 'configured|serverside-applied'],
          [api(name, { version: 'v2.0' }), 'unchanged|serverside-applied'],
        ] as const;
        for (const [object, says] of steps) {
          const { code, stdout, stderr } = await run(object, ...args);
          expect(code, stderr).to.equal(0);
          expect(stdout).to.match(new RegExp(`restapi\\S*/${name} (${says})`));
          expect(stderr).to.equal('');
        }
        const stored = JSON.parse(await kubectl(['get', 'restapi', name, '-n', namespace, '-o', 'json'])) as {
          metadata: { finalizers: string[] };
          spec: { version: string };
        };
        expect(stored.spec.version).to.equal('v2.0');
        expect(stored.metadata.finalizers).to.deep.equal([finalizer]);
      });

      it('learns every fault of an object at once, and nothing is stored', async () => {
        const spec = { ...specWith('RestApi', 'operations', []), version: 'one' };
        const { code, stderr } = await run(manifest('RestApi', `faulty-${name}`, spec), ...args);
        expect(code).to.equal(1);
        expect(stderr)
          .to.contain(`RestApi ${namespace}/faulty-${name} is not valid:`)
          .and.to.contain('spec.version: must match')
          .and.to.contain('got "one"')
          .and.to.contain('spec.operations: must have at least 1 entry');
        expect(await exists('restapi', `faulty-${name}`)).to.equal(false);
      });

      it('is refused an update by the same words, and the stored object stays', async () => {
        const { code, stderr } = await run(api(name, { context: 'no-slash' }), ...args);
        expect(code).to.equal(1);
        expect(stderr).to.contain('spec.context: must match').and.to.contain('got "no-slash"');
        const context = ['get', 'restapi', name, '-n', namespace, '-o', 'jsonpath={.spec.context}'];
        expect(await kubectl(context)).to.equal(`/${name}`);
      });

      it('is refused a child alone, by exit code 1 and a message of field, fault and way out', async () => {
        const { code, stdout, stderr } = await run(key(`lone-${name}`, 'nowhere'), ...args);
        expect(code).to.equal(1);
        expect(stdout).to.equal('');
        expect(stderr).to.match(
          /spec\.parentRef: refers to RestApi nowhere, which does not exist in namespace \S+; \w+/,
        );
        expect(await exists('apikey', `lone-${name}`)).to.equal(false);
      });

      it('is only warned of it in a dry run, which stores nothing', async () => {
        const { code, stderr } = await run(key(`lone-${name}`, 'nowhere'), ...args, '--dry-run=server');
        expect(code, stderr).to.equal(0);
        expect(stderr).to.contain('Warning: spec.parentRef: refers to RestApi nowhere, which does not exist');
        expect(await exists('apikey', `lone-${name}`)).to.equal(false);
      });

      it('dry-runs and then applies a file of parent and child, the parent first', async () => {
        const set = list(api(`parent-${name}`), key(`child-${name}`, `parent-${name}`));
        const dry = await run(set, ...args, '--dry-run=server');
        expect(dry.code, dry.stderr).to.equal(0);
        expect(await exists('restapi', `parent-${name}`)).to.equal(false);
        const wet = await run(set, ...args);
        expect(wet.code, wet.stderr).to.equal(0);
        expect(wet.stderr).to.equal('');
        expect(await exists('apikey', `child-${name}`)).to.equal(true);
      });

      it('gets the good part of a file whose child comes first, and the rest by saying it again', async () => {
        const set = list(key(`early-${name}`, `late-${name}`), api(`late-${name}`));
        const once = await run(set, ...args);
        expect(once.code).to.equal(1);
        expect(once.stderr).to.contain(`refers to RestApi late-${name}, which does not exist`);
        expect(await exists('restapi', `late-${name}`)).to.equal(true);
        const again = await run(set, ...args);
        expect(again.code, again.stderr).to.equal(0);
      });
    });
  }

  it('is refused by kubectl create, replace and patch in the same words as by apply', async () => {
    const says = 'spec.version: must match';
    const faulty = api('other-ways', { version: 'one' });
    expect((await run(faulty, 'create')).stderr).to.contain(says);
    expect((await run(api('other-ways'), 'create')).stderr).to.equal('');
    expect((await run(faulty, 'replace')).stderr).to.contain(says);
    const target = ['restapi', 'other-ways', '-n', namespace];
    const patch = ['--type=merge', '-p', '{"spec":{"version":"one"}}'];
    const patched = await cluster().kubectlRun(['patch', ...target, ...patch]);
    expect(patched.code).to.equal(1);
    expect(patched.stderr).to.contain(says);
  });
});
