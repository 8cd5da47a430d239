import { expect } from 'chai';
import { table } from '../../../src/kinds/table.ts';
import { customType, secretType } from '../../../src/kube/core-types.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import type { KubeObject } from '../../../src/kube/resource.ts';
import type { ResourceStatus } from '../../../src/model/status.ts';
import { certificatePem } from '../../support/certificate-pem.ts';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal, type KindName } from '../../support/manifests.ts';
import { Life, mortal, mortalWay } from './mortal.ts';
import { eventually, startScene, type Scene } from './scene.ts';

/** What is made, what it becomes, in which collection of the gateway it stands, and the sign of its change there. */
const cast: readonly (readonly [KindName, string, string, object, object, string])[] = [
  ['RestApi', 'books', 'rest-apis', {}, { context: '/library' }, '/library'],
  ['ApiKey', 'books-key', 'rest-apis/books/api-keys', {}, { expiresAt: '2040-01-01T00:00:00Z' }, '2040-01'],
  ['SubscriptionPlan', 'gold', 'subscription-plans', {}, { billingPlan: 'billing-two' }, 'billing-two'],
  [
    'Subscription',
    'reader',
    'subscriptions',
    { subscriptionPlanId: 'gold', subscriptionToken: 'a-token' },
    { status: 'INACTIVE' },
    'INACTIVE',
  ],
  ['ManagedSecret', 'token', 'secrets', { value: 'a-value' }, { value: 'another-value' }, 'another-value'],
  [
    'Certificate',
    'ca',
    'certificates',
    { certificate: certificatePem('first') },
    { certificate: certificatePem('second') },
    'CN=second',
  ],
];

describe('a controller that is killed', function () {
  this.timeout(300_000);
  const cluster = useCluster();
  let scene: Scene;
  let client: KubeClient;
  let life = new Life();
  let running: RunningController | undefined;

  const start = async () =>
    await startController(cluster().kubeconfig, {
      driftIntervalMs: 500,
      through: (real) => {
        client = real;
        return mortal(real, () => life);
      },
    });

  before(async () => {
    await installCrds();
    scene = await startScene('killed', { api: 'v1' });
    const way = await mortalWay(scene.gateway.url, () => life);
    after(() => void way.server.close());
    await scene.apply(scene.apiGateway('main', { ...scene.gateway, url: way.url }));
  });
  after(async () => {
    life = new Life();
    running = await start();
    await scene.end();
    await running.stop();
  });

  const typeOf = (kind: string) => customType(table.get(kind));
  const read = async (kind: string, name: string) =>
    await client.get<KubeObject>(typeOf(kind), scene.namespace, name);

  async function write(as: 'made' | 'changed'): Promise<void> {
    for (const [kind, name, , made, changed] of cast) {
      const spec = { ...minimal[kind], ...made, ...(as === 'changed' ? changed : {}) };
      const object = scene.resource(kind, name, spec) as KubeObject;
      await client.apply(typeOf(kind), object, { fieldManager: 'a-person', force: true });
    }
  }

  /** Each stands once, as it should be, and says so. */
  async function stands(as: 'made' | 'changed'): Promise<void> {
    await eventually(async () => {
      for (const [kind, name, collection, , , sign] of cast) {
        const { metadata, status } = (await read(kind, name))!;
        const ready = (status as ResourceStatus | undefined)?.conditions?.find(
          ({ type }) => type === 'Ready',
        );
        const seen = `${kind}: ${JSON.stringify(status)}`;
        expect(ready?.status, seen).to.equal('True');
        expect(ready?.observedGeneration, seen).to.equal(metadata.generation);
        const there = scene.gateway.stored(collection);
        expect(there, seen).to.have.length(1);
        expect(JSON.stringify(there).includes(sign), `${seen} ${JSON.stringify(there)}`).to.equal(
          as === 'changed',
        );
      }
    });
  }

  async function remove(): Promise<void> {
    for (const [kind, name] of cast.toReversed()) await client.delete(typeOf(kind), scene.namespace, name);
  }

  async function nothingIsLeft(): Promise<void> {
    await eventually(async () => {
      for (const [kind, name, collection] of cast) {
        expect(await read(kind, name), `${kind} ${name}`).to.equal(undefined);
        expect(scene.gateway.stored(collection), collection).to.deep.equal([]);
      }
    });
    // The garbage collector learns of new kinds every thirty seconds.
    await eventually(async () => {
      expect(await client.get(secretType, scene.namespace, 'books-key-api-key')).to.equal(undefined);
    }, 60_000);
  }

  const acts: readonly [string, () => Promise<void>, () => Promise<void>][] = [
    ['creates', () => write('made'), () => stands('made')],
    ['changes', () => write('changed'), () => stands('changed')],
    ['removes', remove, nothingIsLeft],
  ];

  /** Begins an act, ends the life at the given write or lets it be, and has another take over. Gives what it wrote. */
  async function killedAt(at: string | undefined, act: () => Promise<void>, isDone: () => Promise<void>) {
    const mine = (life = new Life(at));
    // One that dies while it starts has nothing to stop.
    const first = await start().catch((error: unknown) => {
      if (!mine.isOver) throw error;
    });
    await act();
    const killed = await Promise.race([
      mine.died,
      isDone().then(
        () => undefined,
        () => mine.died,
      ),
    ]);
    life = new Life();
    await first?.stop();
    running = await start();
    try {
      await isDone();
    } catch (error) {
      throw new Error(`killed after ${killed ?? 'nothing'}`, { cause: error });
    } finally {
      await running.stop();
    }
    return mine;
  }

  it('at any write, before it learns what came of it, is followed by one that ends where it would have', async () => {
    // What each act writes when nothing cuts it short.
    const sorts: string[][] = [];
    for (const [, act, isDone] of acts) {
      const { writes } = await killedAt(undefined, act, isDone);
      sorts.push([...new Set(writes)]);
    }
    const [creates = [], changes = [], removes = []] = sorts;
    for (const [, , collection] of cast) expect(creates).to.include(`gateway POST /${collection}`);
    expect(creates).to.include('kubernetes create secrets').and.include('kubernetes apply restapis');
    expect(changes)
      .to.include('gateway PUT /rest-apis/books')
      .and.include('gateway DELETE /certificates/:id');
    expect(removes)
      .to.include('gateway DELETE /rest-apis/books')
      .and.include('kubernetes mergePatch restapis');

    const missed: string[] = [];
    for (let turn = 0; turn < Math.max(...sorts.map((sort) => sort.length)); turn += 1) {
      for (const [index, [what, act, isDone]] of acts.entries()) {
        const at = sorts[index]?.[turn];
        const life = await killedAt(at, act, isDone);
        if (at !== undefined && !life.isOver) missed.push(`${what}: ${at}`);
      }
    }
    // What only the first of all did, such as making the key of the installation, can't be the last of another.
    expect(missed.filter((write) => write.includes('gateway '))).to.deep.equal([]);
  });
});
