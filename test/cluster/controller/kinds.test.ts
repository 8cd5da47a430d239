import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { finalizer } from '../../../src/model/annotations.ts';
import { group } from '../../../src/model/generation.ts';
import { type Cluster, startCluster } from '../../support/cluster/cluster.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { installCrdsInto, succeed } from '../../support/installation.ts';
import { minimal, type KindName } from '../../support/manifests.ts';
import { crdFolder, root } from '../../support/root.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { eventually } from './scene.ts';

const facts = join(root, '../shared/facts');
const namespace = 'default';

/** A cluster of its own: the shared one has our CRDs, which nobody else could do without. */
interface Place {
  readonly cluster: Cluster;
  readonly stack: Stack;
  apply(...objects: readonly object[]): Promise<void>;
  until(type: string, name: string): Promise<void>;
  end(): Promise<void>;
}

async function startPlace(prepare: (cluster: Cluster) => Promise<void>): Promise<Place> {
  const cluster = await startCluster({ controllerManager: true });
  try {
    await prepare(cluster);
    const controllerSettings = { PORTCULLIS_DRIFT_INTERVAL_SECONDS: '1' };
    const stack = await startStack({ cluster, api: 'v1', withoutCrds: true, controllerSettings });
    return {
      cluster,
      stack,
      async apply(...objects) {
        const items = objects.flatMap((object) =>
          'items' in object ? (object.items as object[]) : [object],
        );
        // A kind that has just come is served, but its reviews may be waited for.
        await eventually(async () => {
          const list = { apiVersion: 'v1', kind: 'List', items };
          await succeed(cluster, ['apply', '-n', namespace, '-f', '-'], JSON.stringify(list));
        });
      },
      async until(type, name) {
        const object = `${type}.${group}/${name}`;
        await succeed(cluster, ['wait', '--for=condition=Ready', object, '-n', namespace, '--timeout=60s']);
      },
      async end() {
        await stack.stop();
        await cluster.stop();
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

const resource = (kind: KindName, name: string, change: object = {}, apiVersion = `${group}/v1`) => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  spec: { ...minimal[kind], displayName: name, ...change },
});

/** What a collection of the gateway holds, by handle. */
async function standing({ gatewayUrl }: Stack, collection: string): Promise<readonly string[]> {
  const headers = { authorization: `Basic ${btoa('admin:admin')}` };
  const answer = await fetch(`${gatewayUrl}/api/management/v1/${collection}`, { headers });
  const lists = Object.values((await answer.json()) as Record<string, unknown>);
  const items = lists.find((value) => Array.isArray(value)) as { metadata: { name: string } }[] | undefined;
  return (items ?? []).map(({ metadata }) => metadata.name);
}

/** Both processes are up, ready, and the very ones that were started. */
async function areWell(stack: Stack): Promise<void> {
  for (const url of [stack.controllerProbeUrl, ...stack.webhooks.map(({ probeUrl }) => probeUrl)]) {
    expect((await fetch(`${url}/readyz`)).status, url).to.equal(200);
  }
}

describe('kinds that come and go while webhook and controller run', function () {
  this.timeout(240_000);
  let place: Place;
  const crd = (plural: string) => `${plural}.${group}`;

  before(async () => {
    place = await startPlace(() => Promise.resolve());
  });
  after(() => place.end());

  it('are waited for where none of them is there', async () => {
    await areWell(place.stack);
  });

  it('are served as soon as they come', async () => {
    await installCrdsInto(place.cluster);
    await place.apply(gatewayFor(place.stack, { scope: 'Namespaced' }, namespace));
    await place.apply(resource('RestApi', 'books'), resource('Mcp', 'tools', { context: '/tools' }));
    await place.until('restapis', 'books');
    await place.until('mcps', 'tools');
  });

  it('take what they stand for along when they go, and hurt no other', async () => {
    await succeed(place.cluster, ['delete', 'crd', crd('mcps'), '--timeout=60s']);
    await eventually(async () => expect(await standing(place.stack, 'mcp-proxies')).to.deep.equal([]));
    await place.apply(resource('RestApi', 'books', { context: '/after' }));
    await place.apply(resource('RestApi', 'more', { context: '/more' }));
    await place.until('restapis', 'more');
    await eventually(async () => expect(await boundOf(place)).to.equal(2), 60_000);
    await areWell(place.stack);
  });

  it('are served again when they come again', async () => {
    await succeed(place.cluster, ['apply', '--server-side', '-f', join(crdFolder, 'mcps.yaml')]);
    await succeed(place.cluster, ['wait', '--for=condition=Established', 'crd', crd('mcps')]);
    await place.apply(resource('Mcp', 'tools', { context: '/tools' }));
    await place.until('mcps', 'tools');
    expect(await standing(place.stack, 'mcp-proxies')).to.deep.equal(['tools']);
  });

  it('leave alone what they stood for where it could not be removed, until they are back', async () => {
    const faults = `${place.stack.adminUrl}/emulator/faults`;
    await fetch(faults, { method: 'POST', body: JSON.stringify({ path: '/mcp-proxies*', status: 503 }) });
    await succeed(place.cluster, ['delete', 'crd', crd('mcps'), '--wait=false']);
    await eventually(async () => {
      const patch = JSON.stringify({ metadata: { finalizers: null } });
      await place.cluster.kubectlRun(['patch', 'mcp', 'tools', '--type=merge', '-p', patch]);
      const found = ['get', 'crd', crd('mcps'), '--ignore-not-found', '-o', 'name'];
      expect(await succeed(place.cluster, found)).to.equal('');
    });
    await eventually(async () => expect(await boundOf(place)).to.equal(2), 60_000);
    await fetch(faults, { method: 'DELETE' });
    await comparisons(place, 4);
    expect(await standing(place.stack, 'mcp-proxies')).to.deep.equal(['tools']);
    await areWell(place.stack);
    await succeed(place.cluster, ['apply', '--server-side', '-f', join(crdFolder, 'mcps.yaml')]);
    await eventually(
      async () => expect(await standing(place.stack, 'mcp-proxies')).to.deep.equal([]),
      60_000,
    );
  });
});

describe("the platform's own CRDs", function () {
  this.timeout(300_000);

  before(function () {
    if (existsSync(facts)) return;
    process.stderr.write(
      `SKIPPED, loudly: ${facts} is not on this machine, so the platform's own CRDs are not tried\n`,
    );
    this.skip();
  });

  for (const version of ['v1alpha1', 'v1'] as const) {
    describe(`of ${version}`, () => {
      let place: Place;

      before(async () => {
        const folder = join(facts, `crds-${version}`);
        const files = (await readdir(folder)).flatMap((file) => ['-f', join(folder, file)]);
        place = await startPlace(async (cluster) => {
          // As its users do it; what is noted in them beside the schema is dropped.
          await succeed(cluster, ['create', '--validate=false', ...files]);
          await succeed(cluster, ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
        });
      });
      after(() => place.end());

      it('are enough for webhook and controller to start', async () => {
        const { spec } = resource('RestApi', 'books');
        await place.apply({ ...resource('RestApi', 'books', {}, `${group}/${version}`), spec });
        await areWell(place.stack);
      });

      it('are gone on from when ours take their place, with what is stored', async () => {
        await installCrdsInto(place.cluster);
        await place.apply(gatewayFor(place.stack, { scope: 'Namespaced' }, namespace));
        await place.until('restapis', 'books');
        expect(await standing(place.stack, 'rest-apis')).to.deep.equal(['books']);
        const path = ['get', `restapi.${group}`, 'books', '-o', 'jsonpath={.metadata.finalizers}'];
        expect(await succeed(place.cluster, path)).to.contain(finalizer);
        await areWell(place.stack);
      });
    });
  }
});

/** How many resources the APIGateway says that it takes. */
async function boundOf({ cluster }: Place): Promise<number> {
  const path = ['get', `apigateway.${group}`, 'emulated', '-n', namespace, '-o', 'jsonpath={.status.bound}'];
  return Number(await succeed(cluster, path));
}

/** Waits until the gateway was compared in full so many times. */
async function comparisons({ stack }: Place, times: number): Promise<void> {
  const calls = async () => {
    const answer = await fetch(`${stack.adminUrl}/emulator/calls`);
    const list = (await answer.json()) as { method: string; path: string; status: number }[];
    return list.filter(({ method, path }) => method === 'GET' && path === '/certificates').length;
  };
  const until = (await calls()) + times;
  await eventually(async () => expect(await calls()).to.be.at.least(until), 60_000);
}
