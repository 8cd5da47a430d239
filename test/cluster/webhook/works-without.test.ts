import { expect } from 'chai';
import { annotation, finalizer } from '../../../src/model/annotations.ts';
import { group } from '../../../src/model/generation.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { minimal } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { eventually } from '../controller/scene.ts';

const hold = 'example.com/hold';
const merge = (patch: object) => ['--type=merge', '-p', JSON.stringify(patch)];
const edit = (metadata: object) => ['patch', 'restapi', 'books', ...merge({ metadata })];

interface Attempt {
  readonly title: string;
  readonly args: readonly string[];
  readonly input?: object;
}

/** All of these are about the API `books`, which bears a finalizer of its own. */
const works: readonly Attempt[] = [
  {
    title: 'a status is written',
    args: [
      'patch',
      'restapi',
      'books',
      '--subresource=status',
      ...merge({ status: { observedGeneration: 1 } }),
    ],
  },
  { title: 'a finalizer is added', args: edit({ finalizers: [finalizer, hold, 'example.com/more'] }) },
  { title: 'a finalizer is removed', args: edit({ finalizers: [finalizer, hold] }) },
  { title: 'our own finalizer is removed', args: edit({ finalizers: [hold] }) },
  {
    title: 'a finalizer of an object of 1 MiB is removed',
    args: ['patch', 'restapi', 'large', ...merge({ metadata: { finalizers: [] } })],
  },
  { title: "somebody else's annotation is set", args: ['annotate', 'restapi', 'books', 'example.com/a=b'] },
  { title: 'a resource is paused', args: ['annotate', 'restapi', 'books', `${annotation.reconcile}=Paused`] },
  {
    title: 'a resource is given up',
    args: ['annotate', 'restapi', 'books', `${annotation.deletionPolicy}=Orphan`],
  },
  { title: 'a removal is allowed', args: ['annotate', 'apigateway', 'edge', `${annotation.allowRemoval}=5`] },
  { title: 'a ConfigMap is created', args: ['create', 'configmap', 'settings', '--from-literal=a=b'] },
  { title: 'a Secret is created', args: ['create', 'secret', 'generic', 'password', '--from-literal=a=b'] },
  { title: 'a Deployment is created', args: ['create', 'deployment', 'shop', '--image=example.com/shop'] },
];

const refused: readonly Attempt[] = [
  { title: 'a creation', args: ['create', '-f', '-'], input: named('films') },
  {
    title: 'a change of a spec',
    args: ['patch', 'restapi', 'books', ...merge({ spec: { context: '/elsewhere' } })],
  },
  { title: 'a label, by which gateways select', args: ['label', 'restapi', 'books', 'tier=gold'] },
  {
    title: 'an annotation that takes over what another one has',
    args: ['annotate', 'restapi', 'books', `${annotation.adoptionPolicy}=IfUnowned`],
  },
  {
    title: 'an annotation by which a gateway reaches further',
    args: ['annotate', 'apigateway', 'edge', `${annotation.reach}=Requested`],
  },
];

describe('while no replica of the webhook is ready', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack;
  let namespace: string;

  before(async () => {
    stack = await startStack({
      cluster: cluster(),
      api: 'v1',
      withoutGateway: true,
      withoutController: true,
    });
    namespace = await freshNamespace('works');
    const gateway = {
      apiVersion: `${group}/v1`,
      kind: 'APIGateway',
      metadata: { name: 'edge' },
      spec: { apiSelector: { scope: 'Namespaced' }, management: { url: stack.gatewayUrl } },
    };
    for (const object of [gateway, named('books', { finalizers: [hold] })])
      await kubectl(['apply', '-n', namespace, '-f', '-'], JSON.stringify(object));
    await kubectl(['create', '-n', namespace, '-f', '-'], JSON.stringify(large('large')));
    const [webhook] = stack.webhooks;
    webhook!.terminate();
    await webhook!.ended;
  });
  after(() => stack.stop());

  const attempt = ({ args, input }: Attempt, where = namespace) =>
    cluster().kubectlRun([...args, '-n', where], input === undefined ? undefined : JSON.stringify(input));

  describe('it works that', () => {
    for (const one of works) {
      it(one.title, async () => {
        const { code, stderr } = await attempt(one);
        expect(code, stderr).to.equal(0);
      });
    }

    it('the Deployment gets its ReplicaSet, as the controller manager goes on', async () => {
      await eventually(async () =>
        expect(await kubectl(['get', 'replicasets', '-n', namespace, '-o', 'name'])).to.contain('shop'),
      );
    });
  });

  describe('and this is refused:', () => {
    for (const one of refused) {
      it(one.title, async () => {
        const { code, stderr } = await attempt(one);
        expect(code).not.to.equal(0);
        expect(stderr).to.contain('failed calling webhook').and.contain('connection refused');
      });
    }
  });

  describe('in kube-system', () => {
    const place = 'kube-system';
    const ours = ['restapi', 'films', '-n', place];

    it('everything works: foreign kinds, and ours from creation to deletion', async () => {
      const attempts = [
        ['create', 'configmap', 'portcullis-test', '--from-literal=a=b'],
        ['delete', 'configmap', 'portcullis-test'],
      ].map((args) => ({ title: '', args }));
      for (const one of [...attempts, { title: '', args: ['create', '-f', '-'], input: named('films') }]) {
        const { code, stderr } = await attempt(one, place);
        expect(code, stderr).to.equal(0);
      }
      await kubectl(['label', ...ours, 'tier=gold']);
      await kubectl(['delete', ...ours, '--timeout=30s']);
    });
  });

  describe('and in the end', () => {
    it('what is being deleted goes when its finalizer does, and its namespace after it', async () => {
      await kubectl(['delete', 'restapi', 'books', '-n', namespace, '--wait=false']);
      await kubectl([...edit({ finalizers: [] }), '-n', namespace]);
      await kubectl(['delete', 'namespace', namespace, '--timeout=60s']);
    });
  });
});

function named(name: string, metadata: object = {}): object {
  const spec = { ...minimal.RestApi, displayName: name, context: `/${name}` };
  return { apiVersion: `${group}/v1`, kind: 'RestApi', metadata: { name, ...metadata }, spec };
}

/** Much to compare, for whoever decides whether a webhook is called at all. */
function large(name: string): object {
  const operations = Array.from({ length: 9000 }, (_, index) => ({
    method: 'GET',
    path: `/${'x'.repeat(80)}/${index}`,
  }));
  const spec = { ...minimal.RestApi, displayName: name, context: `/${name}`, operations };
  return { apiVersion: `${group}/v1`, kind: 'RestApi', metadata: { name }, spec };
}
