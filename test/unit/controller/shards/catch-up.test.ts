import { expect } from 'chai';
import { catchUp } from '../../../../controller/shards/catch-up.ts';
import { createInformer, type Informer } from '../../../../src/kube/informer.ts';
import { createKubeClient, type KubeClient } from '../../../../src/kube/client.ts';
import type { KubeObject } from '../../../../src/kube/resource.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { silentLogger } from '../../../../src/runtime/logger.ts';
import { page, type Respond, ScriptedApiServer, status, thing, thingType } from '../../kube/api-server.ts';

describe('catching up with the former holder of a shard', () => {
  let server: ScriptedApiServer;
  let client: KubeClient;
  let informer: Informer<KubeObject>;
  let end: AbortController;
  let running: Promise<void>;

  beforeEach(async () => {
    server = await new ScriptedApiServer().start();
    client = createKubeClient({ kubeConfig: server.kubeConfig() });
    end = new AbortController();
    informer = createInformer<KubeObject>(
      { type: thingType },
      { client, logger: silentLogger, clock: systemClock },
    );
    server.onList(page('7', [thing('a', '5')]));
    running = informer.run(end.signal);
    await informer.synced;
  });
  afterEach(async () => {
    end.abort();
    await running;
    await server.stop();
  });

  /** What the API server answers from now on, while no watch tells of it. */
  const nowHolds = async (answer: Respond) => {
    server.onList(answer);
    // Its former answer stands until it has been given once more.
    await client.list(thingType);
  };

  const isOver = async (isConcerned: (namespace: string) => boolean = () => true) => {
    const patience = AbortSignal.timeout(300);
    let isDone = false;
    const done = catchUp(informer, isConcerned, { client, clock: systemClock }, patience).then(() => {
      isDone = !patience.aborted;
    });
    await done;
    return isDone;
  };

  it('is over at once when the informer shows what there is', async () => {
    await nowHolds(page('9', [thing('a', '5')]));
    expect(await isOver()).to.equal(true);
  });

  it('waits for a change that the informer has not seen', async () => {
    await nowHolds(page('9', [thing('a', '8')]));
    expect(await isOver()).to.equal(false);
  });

  it('waits for an object that the informer has not seen', async () => {
    await nowHolds(page('9', [thing('a', '5'), thing('b', '8')]));
    expect(await isOver()).to.equal(false);
  });

  it('waits until the informer knows what is gone', async () => {
    await nowHolds(page('9', []));
    expect(await isOver()).to.equal(false);
  });

  it('is not concerned with the namespaces of others', async () => {
    await nowHolds(page('9', [thing('a', '8')]));
    expect(await isOver((namespace) => namespace !== 'shop')).to.equal(true);
  });

  it('is over in a namespace that nobody lets us read, without asking', async () => {
    const refused = { ...informer, isRefused: true };
    const before = server.requests.length;
    await catchUp(refused, () => true, { client, clock: systemClock }, AbortSignal.timeout(300));
    expect(server.requests).to.have.lengthOf(before);
  });

  it('is over where the type is unknown', async () => {
    await nowHolds(status(404, 'NotFound'));
    expect(await isOver()).to.equal(true);
  });
});
