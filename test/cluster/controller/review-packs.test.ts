import { expect } from 'chai';
import { packLabel } from '../../../src/review/pack.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { reviewPolicies } from './review-scene.ts';
import { eventually } from './scene.ts';

const configMap = 'packs-of-a-test';
const names = { first: 'packs-first', second: 'packs-second', theirs: 'packs-theirs' } as const;

const spec = (expression: string) => ({
  match: { namespaces: ['packs-none'] },
  rules: [{ name: 'rule', expression, action: 'Warn', message: 'says the pack' }],
});

describe('the packs that a ConfigMap brings', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let namespace: string;
  const start = async () => {
    controller = await startController(cluster().kubeconfig, { namespace, packsConfigMap: configMap });
  };

  before(async () => {
    await installCrds();
    namespace = await freshNamespace('packs');
  });
  after(async () => {
    await controller.stop();
    await reviewPolicies.remove(...Object.values(names));
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  });

  const put = async (data: Readonly<Record<string, string>>) => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: configMap, namespace }, data };
    await kubectl(['apply', '-f', '-'], JSON.stringify(object));
  };
  const lists = (...packs: readonly [string, string][]) =>
    JSON.stringify(packs.map(([name, expression]) => reviewPolicies.manifest(name, spec(expression))));
  const expressionOf = async (name: string) => (await reviewPolicies.get(name))?.spec.rules[0]?.expression;
  const brought = (name: string, expression: string) =>
    eventually(async () => expect(await expressionOf(name)).to.equal(expression));
  const pending = async () => (await controller.metrics.review.packsPending.get()).values[0]?.value;

  it('are not there, nor is anything else, where the ConfigMap is not: the controller works', async () => {
    await start();
    expect(await reviewPolicies.get(names.first)).to.equal(undefined);
  });

  it('come into the cluster, with the name of their pack on them', async () => {
    await put({ 'one.yaml': lists([names.first, 'true']), 'two.yaml': lists([names.second, 'true']) });
    await brought(names.first, 'true');
    await brought(names.second, 'true');
    const { metadata } = (await reviewPolicies.get(names.first)) ?? {};
    expect(metadata?.labels).to.include({ [packLabel]: 'one', 'app.kubernetes.io/part-of': 'portcullis' });
    await reviewPolicies.until(names.first, ({ conditions }) =>
      expect(conditions?.find(({ type }) => type === 'Ready')?.status).to.equal('True'),
    );
  });

  it('change with the ConfigMap, and lose what it has no more', async () => {
    const without = { ...spec('1 < 2'), match: undefined };
    await put({
      'one.yaml': JSON.stringify([reviewPolicies.manifest(names.first, without)]),
      'two.yaml': lists([names.second, 'true']),
    });
    await brought(names.first, '1 < 2');
    expect((await reviewPolicies.get(names.first))?.spec).not.to.have.property('match');
    await put({ 'one.yaml': lists([names.first, '1 < 2']), 'two.yaml': lists([names.second, 'true']) });
    await eventually(async () =>
      expect((await reviewPolicies.get(names.first))?.spec).to.have.property('match'),
    );
  });

  it('are put right when somebody changes or deletes one, but keep the exceptions that people add', async () => {
    const exceptions = [{ reason: 'known', expires: '2099-01-01T00:00:00Z' }];
    const patch = { spec: { ...spec('false'), exceptions } };
    await kubectl(['patch', 'rvp', names.first, '--type=merge', '-p', JSON.stringify(patch)]);
    await brought(names.first, '1 < 2');
    expect((await reviewPolicies.get(names.first))?.spec.exceptions).to.deep.equal(exceptions);
    await reviewPolicies.remove(names.second);
    await brought(names.second, 'true');
  });

  it('stay when the ConfigMap is lost, or is no use, also while nobody watches', async () => {
    const uids = async () =>
      await Promise.all(
        [names.first, names.second].map(async (name) => (await reviewPolicies.get(name))?.metadata.uid),
      );
    const before = await uids();
    await put({ 'one.yaml': 'nonsense', 'two.yaml': '[]' });
    await kubectl(['delete', 'configmap', configMap, '-n', namespace]);
    await controller.stop();
    await start();
    await put({ notes: 'no pack at all' });
    // Long enough to be seen: a change that follows is.
    await put({ 'three.yaml': lists([names.theirs, 'true']) });
    await brought(names.theirs, 'true');
    expect(await uids()).to.deep.equal(before);
    await put({ 'three.yaml': '[]' });
    await eventually(async () => expect(await reviewPolicies.get(names.theirs)).to.equal(undefined));
  });

  it("leave somebody else's policy alone that has the name of one", async () => {
    await reviewPolicies.apply(names.theirs, spec('2 < 3'));
    await put({
      'one.yaml': lists([names.first, '1 < 2'], [names.theirs, 'true']),
      'two.yaml': lists([names.second, 'true']),
    });
    await eventually(async () => expect(await pending()).to.equal(1));
    expect(await expressionOf(names.theirs)).to.equal('2 < 3');
    await reviewPolicies.remove(names.theirs);
    await brought(names.theirs, 'true');
    await eventually(async () => expect(await pending()).to.equal(0));
  });

  it('go when their pack is switched off, and only theirs', async () => {
    await put({ 'one.yaml': '[]', 'two.yaml': lists([names.second, 'true']) });
    for (const name of [names.first, names.theirs])
      await eventually(async () => expect(await reviewPolicies.get(name)).to.equal(undefined));
    expect(await expressionOf(names.second)).to.equal('true');
  });
});
