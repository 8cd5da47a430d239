import { expect } from 'chai';
import { createKubeClient } from '../../../src/kube/client.ts';
import { createInformer, type Informer, type InformerOptions } from '../../../src/kube/informer.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import {
  ending,
  page,
  reset,
  resetting,
  ScriptedApiServer,
  status,
  stream,
  thing,
  type Thing,
  thingType,
} from './api-server.ts';
import { eventually } from './eventually.ts';
import { hastyClock } from './hasty-clock.ts';

const bookmark = (resourceVersion: string) =>
  ['BOOKMARK', { kind: 'Thing', metadata: { resourceVersion } }] as const;
const gone = ['ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' }] as const;

describe('an informer', () => {
  let server: ScriptedApiServer;
  let life: AbortController;
  let running: Promise<void>[];

  beforeEach(async () => {
    server = await new ScriptedApiServer().start();
    life = new AbortController();
    running = [];
  });
  afterEach(async () => {
    life.abort();
    await Promise.all(running);
    await server.stop();
  });

  function start(options: Partial<InformerOptions<Thing>> = {}) {
    const client = createKubeClient({ kubeConfig: server.kubeConfig() });
    const dependencies = { client, logger: silentLogger, clock: hastyClock };
    const informer = createInformer<Thing>({ type: thingType, ...options }, dependencies);
    const changes: string[] = [];
    informer.onChange(({ type, object }) => void changes.push(`${type} ${object.metadata.name}`));
    running.push(informer.run(life.signal));
    return { informer, changes };
  }

  const names = (informer: Informer<Thing>) =>
    [...informer.list()].map(({ metadata }) => metadata.name).sort();

  it('lists page by page and watches from where the list ended', async () => {
    server.onList(page('7', [thing('a', '1')], 'more'), page('7', [thing('b', '2')]));
    const { informer } = start();
    await informer.synced;
    expect(names(informer)).to.deep.equal(['a', 'b']);
    await eventually(() => server.watches().length === 1);
    expect(server.lists().map((url) => url.searchParams.get('continue'))).to.deep.equal([null, 'more']);
    expect(server.lists()[0]?.searchParams.get('limit')).to.equal('500');
    expect(server.watches()[0]?.searchParams.get('resourceVersion')).to.equal('7');
    expect(server.watches()[0]?.searchParams.get('allowWatchBookmarks')).to.equal('true');
  });

  it('tells of what is added, changed and removed, with what was before', async () => {
    server.onList(page('1', [thing('a', '1', 'red')]));
    server.onWatch(
      stream(['ADDED', thing('b', '2')], ['MODIFIED', thing('a', '3', 'blue')], ['DELETED', thing('b', '4')]),
    );
    const { informer, changes } = start();
    const befores: (string | undefined)[] = [];
    informer.onChange(({ before }) => void befores.push(before?.spec?.color));
    await eventually(() => changes.length === 4);
    expect(changes).to.deep.equal(['added a', 'added b', 'changed a', 'removed b']);
    expect(befores).to.deep.equal([undefined, undefined, 'red', 'red']);
    expect(informer.get('shop', 'a')?.spec?.color).to.equal('blue');
    expect(informer.get('shop', 'b')).to.equal(undefined);
  });

  it('is not synced before a list has succeeded', async () => {
    server.onList(status(503), status(500), reset, status(503), page('1', [thing('a', '1')]));
    const { informer } = start();
    expect(informer.hasSynced).to.equal(false);
    let early = false;
    void informer.synced.then(() => (early = !informer.hasSynced));
    await informer.synced;
    expect(early).to.equal(false);
    expect(server.lists().length).to.be.at.least(5);
    expect(names(informer)).to.deep.equal(['a']);
  });

  it('is not synced when a later page fails', async () => {
    server.onList(page('7', [thing('a', '1')], 'more'), status(500), status(500), status(404));
    const { informer } = start();
    await eventually(() => server.lists().length >= 4);
    expect(informer.hasSynced).to.equal(false);
    expect(names(informer)).to.deep.equal([]);
  });

  for (const [what, broken] of [
    ['is refused with a 503', status(503)],
    ['is refused with a 429', status(429, 'TooManyRequests', { 'retry-after': '0' })],
    ['is reset before it answers', reset],
    ['is reset amid', resetting(['ADDED', thing('b', '2')])],
    ['ends in good order', ending(['ADDED', thing('b', '2')])],
  ] as const) {
    it(`opens the watch again, without a new list, when it ${what}`, async () => {
      server.onList(page('1', [thing('a', '1')]));
      server.onWatch(broken, broken, stream(['ADDED', thing('b', '2')], ['ADDED', thing('c', '3')]));
      const { informer } = start();
      await eventually(() => informer.get('shop', 'c'));
      expect(server.lists()).to.have.lengthOf(1);
      expect(server.watches()).to.have.lengthOf(3);
    });
  }

  it('goes on from the last event or bookmark', async () => {
    server.onList(page('1', []));
    server.onWatch(
      ending(['ADDED', thing('a', '5')]),
      ending(bookmark('9')),
      stream(['ADDED', thing('b', '10')]),
    );
    const { informer } = start();
    await eventually(() => informer.get('shop', 'b'));
    expect(server.watches().map((url) => url.searchParams.get('resourceVersion'))).to.deep.equal([
      '1',
      '5',
      '9',
    ]);
  });

  for (const [what, expired] of [
    ['is answered', status(410, 'Expired')],
    ['comes in the stream', stream(gone)],
  ] as const) {
    it(`lists again when a 410 ${what}, and tells only what is different`, async () => {
      server.onList(
        page('1', [thing('a', '1'), thing('b', '1'), thing('c', '1')]),
        page('20', [thing('a', '1'), thing('b', '15'), thing('d', '16')]),
      );
      server.onWatch(expired, stream(['ADDED', thing('e', '21')]));
      const { informer, changes } = start();
      await eventually(() => informer.get('shop', 'e'));
      expect(changes.slice(3).sort()).to.deep.equal(['added d', 'added e', 'changed b', 'removed c']);
      expect(server.watches()[1]?.searchParams.get('resourceVersion')).to.equal('20');
    });
  }

  it('opens the watch again when it falls silent', async () => {
    server.onList(page('1', []));
    server.onWatch(stream(), stream(['ADDED', thing('a', '2')]));
    const { informer } = start({ idleMs: 200 });
    await eventually(() => informer.get('shop', 'a'));
    expect(server.lists()).to.have.lengthOf(1);
  });

  it('waits for a type that the cluster does not know', async () => {
    server.onList(status(404), status(404), page('1', [thing('a', '1')]));
    const { informer } = start();
    await eventually(() => server.lists().length >= 1);
    expect(informer.hasSynced).to.equal(false);
    await informer.synced;
    expect(names(informer)).to.deep.equal(['a']);
  });

  it('takes an optional type that the cluster does not know for empty, and notices when it comes', async () => {
    server.onList(status(404), status(404), page('1', [thing('a', '1')]));
    const { informer, changes } = start({ optional: true });
    await informer.synced;
    expect(names(informer)).to.deep.equal([]);
    await eventually(() => informer.get('shop', 'a'));
    expect(changes).to.deep.equal(['added a']);
  });

  it('keeps what it has through one 404, and lets go when the type stays away', async () => {
    const first = page('1', [thing('a', '1')]);
    server.onList(first, status(404), page('5', [thing('a', '1')]), status(404));
    server.onWatch(status(410), status(410));
    const { informer, changes } = start();
    await informer.synced;
    await eventually(() => changes.includes('removed a'));
    expect(changes).to.deep.equal(['added a', 'removed a']);
    expect(informer.hasSynced).to.equal(false);
    expect(server.lists().length).to.be.at.least(6);
  });

  it('finds objects by what an index says of them', async () => {
    server.onList(page('1', [thing('a', '1', 'red'), thing('b', '1', 'blue'), thing('c', '1', 'red')]));
    server.onWatch(stream(['MODIFIED', thing('c', '2', 'blue')], ['DELETED', thing('b', '3')]));
    const { informer, changes } = start({ indexes: { color: ({ spec }) => [spec?.color ?? ''] } });
    await eventually(() => changes.length === 5);
    expect(informer.by('color', 'red').map(({ metadata }) => metadata.name)).to.deep.equal(['a']);
    expect(informer.by('color', 'blue').map(({ metadata }) => metadata.name)).to.deep.equal(['c']);
    expect(informer.by('color', 'green')).to.deep.equal([]);
  });

  it('does not keep managedFields and the last applied configuration', async () => {
    const metadata = {
      ...thing('a', '1').metadata,
      managedFields: [{}],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', team: 'books' },
    };
    server.onList(page('1', [{ ...thing('a', '1'), metadata }]));
    const { informer } = start();
    await informer.synced;
    const kept = informer.get('shop', 'a')?.metadata;
    expect(kept?.managedFields).to.equal(undefined);
    expect(kept?.annotations).to.deep.equal({ team: 'books' });
  });

  it('survives a handler that throws', async () => {
    server.onList(page('1', [thing('a', '1'), thing('b', '1')]));
    const { informer, changes } = start();
    informer.onChange(() => {
      throw new Error('a fault');
    });
    await informer.synced;
    await eventually(() => changes.length === 2);
  });

  it('ends when its signal aborts, whatever it is doing', async () => {
    server.onList(page('1', []));
    const { informer } = start();
    await informer.synced;
    await eventually(() => server.streams.size === 1);
    life.abort();
    await Promise.all(running);
    await eventually(() => server.streams.size === 0);
  });

  it('ends when its signal aborts amid a list that is never answered', async () => {
    server.onList(() => undefined);
    start();
    await eventually(() => server.lists().length === 1);
    life.abort();
    await Promise.all(running);
  });
});
