import { expect } from 'chai';
import { createKubeClient, loadKubeConfig, type KubeClient } from '../../../src/kube/client.ts';
import { customType } from '../../../src/kube/core-types.ts';
import type { KubeObject } from '../../../src/kube/resource.ts';
import { group } from '../../../src/model/generation.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { minimal } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';

const restApis = customType({ kind: 'RestApi', plural: 'restapis' });
const mebibyte = 1024 * 1024;

/** What the API server says when a webhook has not answered in time, or with something that is no answer. */
const notAnswered = /failed calling webhook|timeout|deadline|internal error/i;

interface Case {
  readonly title: string;
  readonly spec: object;
  /** What an attempt to create it ends in: the refusal's words, or nothing when it is stored. */
  readonly ends: 'stored' | RegExp;
}

const cases: readonly Case[] = [
  {
    title: 'an object of 1 MiB is judged and stored',
    spec: padded(mebibyte),
    ends: 'stored',
  },
  {
    title: 'one of 2.9 MiB is judged, and refused by etcd, which takes 1.5 MiB',
    spec: padded(2.9 * mebibyte),
    ends: /trying to send message larger than max|etcdserver: request is too large/,
  },
  {
    title: 'one of 3 MiB is refused by the API server, which reads no more',
    spec: padded(3 * mebibyte),
    ends: /Request entity too large: limit is 3145728/,
  },
  {
    title: 'a fault in one of 2.9 MiB is named all the same',
    spec: { ...padded(2.9 * mebibyte), version: 'one' },
    ends: /spec\.version: must match/,
  },
  {
    title: 'ten thousand operations are judged and stored',
    spec: withOperations(10_000, (index) => `/things/${index}`),
    ends: 'stored',
  },
  {
    title: 'ten thousand operations with a fault each are refused, by a message that fits on a screen',
    spec: withOperations(10_000, (index) => `things/${index}`),
    ends: /spec\.operations\[0\]\.path: must start with \/[^]*and \d+ more/,
  },
];

/** Levels of one policy's parameters, and what it ends in: words of the refusal, or none. */
const depths = [
  { depth: 200, ends: '' },
  { depth: 1000, ends: 'the object has more than 256 levels of objects and lists' },
  { depth: 9900, ends: 'the object has more than 256 levels of objects and lists' },
  { depth: 100_000, ends: 'exceeded max depth' },
] as const;

describe('through a real API server, whatever the size', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack;
  let client: KubeClient;
  let namespace: string;

  before(async () => {
    stack = await startStack({ cluster: cluster(), api: 'v1', withoutController: true });
    client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster().kubeconfig }) });
    namespace = await freshNamespace('large');
    await kubectl(
      ['apply', '-n', namespace, '-f', '-'],
      JSON.stringify(gatewayFor({ gatewayUrl: stack.gatewayUrl }, { scope: 'Namespaced' })),
    );
  });
  after(() => stack.stop());

  const object = (name: string, spec: object): KubeObject => ({
    apiVersion: `${group}/v1`,
    kind: 'RestApi',
    metadata: { name, namespace },
    spec: { ...spec, displayName: name, context: `/${name}` },
  });
  const attempt = async (work: Promise<unknown>) =>
    await work.then(
      () => 'stored',
      (error: unknown) => String(error),
    );

  cases.forEach(({ title, spec, ends }, index) => {
    it(title, async () => {
      const name = `large-${index}`;
      const said = await attempt(client.create(restApis, object(name, spec)));
      expect(said.slice(0, 500)).not.to.match(notAnswered);
      if (ends === 'stored') expect(said).to.equal('stored');
      else expect(said.slice(0, 4000)).to.match(ends);
      expect(said.length).to.be.lessThan(4000);
      if (ends !== 'stored') return;
      // An update's review carries the object twice.
      const stored = (await client.get<KubeObject>(restApis, namespace, name))!;
      const changed = { ...stored, spec: { ...(stored.spec as object), version: 'v2.0' } };
      expect(await attempt(client.replace(restApis, changed))).to.equal('stored');
    });
  });

  for (const { depth, ends } of depths) {
    it(`parameters that are nested ${depth} deep are ${ends === '' ? 'judged and stored' : 'refused in words'}`, async () => {
      const text = nested(object(`deep-${depth}`, minimal.RestApi), depth);
      const path = `/apis/${group}/v1/namespaces/${namespace}/restapis`;
      const { code, stderr } = await cluster().kubectlRun(['create', '--raw', path, '-f', '-'], text);
      expect(code, stderr).to.equal(ends === '' ? 0 : 1);
      expect(stderr).to.contain(ends).and.not.to.match(notAnswered);
    });
  }

  it('and a small one right after them is answered as ever', async () => {
    expect(await attempt(client.create(restApis, object('small', minimal.RestApi)))).to.equal('stored');
  });
});

function withPolicy(params: object): object {
  return { ...minimal.RestApi, policies: [{ name: 'anything', version: 'v1', params }] };
}

/** A spec of so many bytes, or a little more. */
function padded(bytes: number): object {
  return withPolicy({ padding: 'x'.repeat(bytes) });
}

/** Text: what is so deep can't be written by a recursion. */
function nested(object: KubeObject, depth: number): string {
  const text = JSON.stringify({
    ...object,
    spec: { ...(object.spec as object), ...withPolicy({ deep: 0 }) },
  });
  return text.replace('"deep":0', `"deep":${'{"a":'.repeat(depth)}0${'}'.repeat(depth)}`);
}

function withOperations(count: number, path: (index: number) => string): object {
  return {
    ...minimal.RestApi,
    operations: Array.from({ length: count }, (_, index) => ({ method: 'GET', path: path(index) })),
  };
}
