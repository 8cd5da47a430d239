import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { table } from '../../../src/kinds/table.ts';
import { annotation } from '../../../src/model/annotations.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import type { Generation } from '../../../src/model/generation.ts';
import type { Kind } from '../../../src/model/kind.ts';
import { certificatePem } from '../../support/certificate-pem.ts';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal, specWith, type KindName } from '../../support/manifests.ts';
import { eventually, secret, startScene, type Scene } from './scene.ts';

/** A place at which a kind can name a value of a Secret or a ConfigMap; found in the table, so that no kind is missed. */
interface Case {
  readonly says: string;
  readonly row: Kind;
  readonly name: string;
  readonly spec: Record<string, unknown>;
}

const source = 'rotating';
const schemas = new SchemaCheck();

/** Whatever else has to stand beside a value at some places. */
const beside: Readonly<Record<string, object>> = {
  'additionalProviders[].auth.value': { 'additionalProviders[0].id': 'second-vendor' },
};

function namedCases(row: Kind, first: number): readonly Case[] {
  return row.secrets.map((pattern, index) => {
    const name = `case-${first + index}`;
    const path = pattern.replaceAll('[]', '[0]');
    const auth = path.endsWith('auth.value') ? path.replace(/\.value$/, '') : undefined;
    return {
      says: `${row.kind} at ${pattern}`,
      row,
      name,
      spec: built(row, name, {
        ...(auth === undefined ? {} : { [`${auth}.type`]: 'api-key', [`${auth}.header`]: 'X-Key' }),
        ...beside[pattern],
        [path]: { valueFrom: { name: source, key: name } },
      }),
    };
  });
}

/** In the parameters of policies, wherever the kind has them. */
function policyCases(row: Kind, first: number): readonly Case[] {
  if (row.policies === undefined) return [];
  return (['secretKeyRef', 'configMapKeyRef'] as const).map((ref, index) => {
    const name = `case-${first + index}`;
    const value = { valueFrom: { [ref]: { name: source, key: name } } };
    const params = { request: { headers: [{ name: 'X-Key', value }] } };
    const use = { name: 'set-headers', version: 'v1' };
    const candidates = [
      { 'policies[0]': { ...use, params } },
      { 'policies[0]': { ...use, paths: [{ path: '/chat', methods: ['POST'], params }] } },
      { 'hub.policies[0]': { ...use, params } },
    ];
    const spec = candidates
      .map((candidate) => built(row, name, candidate))
      .find((built) => {
        const checked = schemas.check(row, built).spec;
        const uses = checked === undefined ? [] : (row.policies?.(checked) ?? []);
        return uses.some(({ params: given }) => given.some(({ value: at }) => isDeepStrictEqual(at, params)));
      });
    if (spec === undefined) throw new Error(`nobody knows where ${row.kind} has its policies`);
    return { says: `a policy of ${row.kind}, by ${ref}`, row, name, spec };
  });
}

function built(row: Kind, name: string, parts: object): Record<string, unknown> {
  const kind = row.kind as KindName;
  const places = new Set(Object.keys(minimal[kind]));
  const unique = {
    ...(places.has('displayName') ? { displayName: name } : {}),
    ...(places.has('context') ? { context: `/${name}` } : {}),
  };
  return Object.entries({ ...unique, ...parts }).reduce<Record<string, unknown>>(
    (spec, [path, value]) => merged(spec, specWith(kind, path, value), path),
    structuredClone(minimal[kind]),
  );
}

/** The part of `other` that its path names, put into `spec`. */
function merged(spec: Record<string, unknown>, other: Record<string, unknown>, path: string) {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '');
  const last = steps.pop() ?? '';
  let to = spec;
  let from = other;
  for (const [index, step] of steps.entries()) {
    const isList = /^\d+$/.test(steps[index + 1] ?? last);
    to = (to[step] ??= isList ? [] : {}) as Record<string, unknown>;
    from = from[step] as Record<string, unknown>;
  }
  to[last] = from[last];
  return spec;
}

const cases = table.rows
  .flatMap((row) => [
    ...namedCases(row, 0).map(() => ({ row, of: namedCases })),
    ...policyCases(row, 0).map(() => ({ row, of: policyCases })),
  ])
  .map(({ row, of }, index, all) => {
    const begin = all.findIndex((one) => one.row === row && one.of === of);
    return of(row, begin)[index - begin]!;
  });

/** What is to be found at the gateway after a round, and the value that brings it there. */
const marker = (round: string, { name }: Case) => `${round}-${name}-of-some-length-that-nobody-would-guess`;
const valueOf = (round: string, one: Case) =>
  one.row.secretsArePublic === true ? certificatePem(marker(round, one)) : marker(round, one);

for (const api of ['v1', 'v0.9'] as const) {
  const served = cases.filter(({ row }) => isServed(row, api) && (api === 'v1' || !isServed(row, 'v1')));
  describe(`a value in Kubernetes that changes, and a gateway of generation ${api}`, function () {
    this.timeout(120_000);
    const cluster = useCluster();
    let controller: RunningController;
    let scene: Scene;

    const values = (round: string) => {
      const data = Object.fromEntries(served.map((one) => [one.name, valueOf(round, one)]));
      const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: source }, data };
      return [secret(source, data), configMap];
    };
    const held = () =>
      [...new Set(table.rows.map(({ collection }) => collection.path.slice(1))), 'rest-apis/books/api-keys']
        .map((collection) => JSON.stringify(scene.gateway.stored(collection)))
        .join('\n');

    before(async () => {
      await installCrds();
      controller = await startController(cluster().kubeconfig, { driftIntervalMs: 500 });
      scene = await startScene('rotation', { api, keyQuota: 20 });
      await scene.apply(
        ...values('first'),
        scene.resource('RestApi', 'books'),
        scene.resource('LlmProvider', 'vendor'),
        scene.resource('LlmProvider', 'second-vendor', {
          ...minimal.LlmProvider,
          displayName: 'Second',
          context: '/second',
        }),
        // What the gateway can't change is made anew where that is allowed.
        ...served.map(({ row, name, spec }) =>
          scene.resource(row.kind as KindName, name, spec, {
            annotations: { [annotation.allowRecreate]: 'true' },
          }),
        ),
      );
      for (const { row, name } of served) await scene.until(row.kind, name, 'Ready', 'True');
      const before = held();
      for (const one of served) expect(before, one.says).to.contain(marker('first', one));
      await scene.apply(...values('second'));
    });
    after(async () => {
      await scene.end();
      await controller.stop();
    });

    for (const one of served) {
      it(`is sent for ${one.says}, and what was there before is gone`, async () => {
        await eventually(() => {
          const now = held();
          expect(now.includes(marker('second', one))).to.equal(true);
          expect(now.includes(marker('first', one))).to.equal(false);
        });
        await scene.until(one.row.kind, one.name, 'Ready', 'True');
      });
    }
  });
}

function isServed({ collection }: Kind, api: Generation): boolean {
  return collection.generations.includes(api);
}
