import { expect } from 'chai';
import { createKubeClient } from '../../../src/kube/client.ts';
import type { Informer } from '../../../src/kube/informer.ts';
import { createScopedInformer } from '../../../src/kube/scoped-informer.ts';
import { Scope } from '../../../src/kube/scope.ts';
import type { LogFields, Logger } from '../../../src/runtime/logger.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import {
  page,
  type Respond,
  ScriptedApiServer,
  status,
  stream,
  thing,
  type Thing,
  thingType,
} from './api-server.ts';
import { eventually } from './eventually.ts';
import { hastyClock } from './hasty-clock.ts';

const namespaceIn = (path: string) => /\/namespaces\/([^/]+)\/things$/.exec(path)?.[1];
const inNamespace = (namespace: string, name: string, version = '1'): Thing => {
  const { metadata, ...rest } = thing(name, version);
  return { ...rest, metadata: { ...metadata, namespace, uid: `${namespace}-${name}` } };
};

describe('an informer over several namespaces', () => {
  let server: ScriptedApiServer;
  let life: AbortController;
  let running: Promise<void>[];
  /** What is answered to a list of a namespace, and once to a watch. */
  let lists: Record<string, Respond>;
  let told: string[];
  let lines: string[];
  let readable: number;

  beforeEach(async () => {
    server = await new ScriptedApiServer().start();
    server.onList((response, request, url) =>
      (lists[namespaceIn(url.pathname) ?? ''] ?? status(500))(response, request, url),
    );
    life = new AbortController();
    running = [];
    told = [];
    lines = [];
    readable = 0;
    lists = {
      shop: page('7', [inNamespace('shop', 'a')]),
      bank: page('9', [inNamespace('bank', 'a'), inNamespace('bank', 'b')]),
    };
  });
  afterEach(async () => {
    life.abort();
    await Promise.all(running);
    await server.stop();
  });

  function start(namespaces: readonly string[]) {
    const said = (level: string) => (fields: LogFields) =>
      void lines.push(`${level} ${fields.namespace ?? ''}`);
    const logger: Logger = { ...silentLogger, info: said('info'), warn: said('warn') };
    const scope = new Scope(namespaces, { logger, told: (name, is) => void told.push(`${name} ${is}`) });
    scope.onReadable(() => (readable += 1));
    const client = createKubeClient({ kubeConfig: server.kubeConfig() });
    const informer = createScopedInformer<Thing>(
      scope,
      { type: thingType, indexes: { name: ({ metadata }) => [metadata.name] } },
      { client, logger: silentLogger, clock: hastyClock },
    );
    const changes: string[] = [];
    informer.onChange(({ type, object }) => void changes.push(`${type} ${titleOf(object)}`));
    running.push(informer.run(life.signal));
    return { informer, changes, scope };
  }
  const titleOf = ({ metadata }: Thing) => `${metadata.namespace}/${metadata.name}`;
  const titles = (informer: Informer<Thing>) => [...informer.list()].map(titleOf).sort();

  it('asks for each of them by its own path, and looks like one', async () => {
    const { informer, changes } = start(['shop', 'bank']);
    await informer.synced;
    expect(titles(informer)).to.deep.equal(['bank/a', 'bank/b', 'shop/a']);
    expect(changes.toSorted()).to.deep.equal(['added bank/a', 'added bank/b', 'added shop/a']);
    expect(informer.get('bank', 'a')?.metadata.uid).to.equal('bank-a');
    expect(informer.get('shop', 'b')).to.equal(undefined);
    expect(informer.by('name', 'a').map(titleOf).toSorted()).to.deep.equal(['bank/a', 'shop/a']);
    await eventually(() => server.watches().length === 2);
    expect(server.requests.map(({ pathname }) => namespaceIn(pathname))).to.not.include(undefined);
  });

  it('watches each of them from where its own list ended', async () => {
    start(['shop', 'bank']);
    await eventually(() => server.watches().length === 2);
    const from = server
      .watches()
      .map((url) => `${namespaceIn(url.pathname)} ${url.searchParams.get('resourceVersion')}`);
    expect(from.toSorted()).to.deep.equal(['bank 9', 'shop 7']);
  });

  it('asks once and for all where all namespaces are watched', async () => {
    lists[''] = page('1', [inNamespace('any', 'a')]);
    const { informer, scope } = start([]);
    await informer.synced;
    expect(titles(informer)).to.deep.equal(['any/a']);
    expect([scope.watches('any'), informer.shows('any')]).to.deep.equal([true, true]);
    expect(told).to.deep.equal([]);
  });

  it('is synced when every namespace is, and not before', async () => {
    lists.bank = () => undefined;
    const { informer } = start(['shop', 'bank']);
    await eventually(() => informer.shows('shop'));
    expect([informer.hasSynced, informer.shows('bank')]).to.deep.equal([false, false]);
  });

  it('does without a namespace that may not be read, says so once, and shows that it knows nothing of it', async () => {
    lists.bank = status(403, 'Forbidden');
    const { informer, scope } = start(['shop', 'bank']);
    await informer.synced;
    expect([informer.hasSynced, informer.shows('shop'), informer.shows('bank')]).to.deep.equal([
      true,
      true,
      false,
    ]);
    expect([scope.isReadable('shop'), scope.isReadable('bank')]).to.deep.equal([true, false]);
    await eventually(() => server.lists().length >= 5);
    expect(lines).to.deep.equal(['warn bank']);
    expect(told).to.deep.equal(['shop false', 'bank false', 'bank true']);
  });

  it('reads it as soon as it may, and tells of it', async () => {
    lists.bank = status(403, 'Forbidden');
    const { informer, changes } = start(['shop', 'bank']);
    await informer.synced;
    lists.bank = page('9', [inNamespace('bank', 'b')]);
    await eventually(() => changes.includes('added bank/b'));
    expect(informer.shows('bank')).to.equal(true);
    expect(lines).to.deep.equal(['warn bank', 'info bank']);
    expect(told.at(-1)).to.equal('bank false');
    expect(readable).to.equal(1);
  });

  it('keeps what it has of a namespace that may be read no more, and lists it anew when it may again', async () => {
    const refuse = status(403, 'Forbidden');
    server.onWatch((...watch) => {
      lists.shop = refuse;
      refuse(...watch);
    });
    const { informer, changes } = start(['shop']);
    await eventually(() => lines.includes('warn shop'));
    expect(changes).to.deep.equal(['added shop/a']);
    lists.shop = page('12', [inNamespace('shop', 'z', '11')]);
    await eventually(() => changes.includes('added shop/z'));
    expect(titles(informer)).to.deep.equal(['shop/z']);
  });

  it('hears of a change in each of them', async () => {
    server.onWatch(stream(['ADDED', inNamespace('shop', 'new', '20')]));
    const { informer } = start(['shop', 'bank']);
    await eventually(() => informer.get('shop', 'new'));
    expect(informer.get('bank', 'b')).to.not.equal(undefined);
  });
});

describe('a scope', () => {
  it('speaks once of a namespace, however many types it can not read there, and again when it can read all', () => {
    const said: string[] = [];
    const scope = new Scope(['shop'], {
      logger: silentLogger,
      told: (name, is) => void said.push(`${name} ${is}`),
    });
    scope.note('shop', 'apples', true);
    scope.note('shop', 'pears', true);
    scope.note('shop', 'apples', false);
    expect(scope.isReadable('shop')).to.equal(false);
    scope.note('shop', 'pears', false);
    expect(scope.isReadable('shop')).to.equal(true);
    expect(said).to.deep.equal(['shop false', 'shop true', 'shop false']);
  });
});
