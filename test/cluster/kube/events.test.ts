import { expect } from 'chai';
import { createKubeClient, type KubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { createEventRecorder } from '../../../src/kube/events.ts';
import { eventType } from '../../../src/kube/event-object.ts';
import type { BareObject } from '../../../src/kube/resource.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { eventually } from '../../unit/kube/eventually.ts';
import { configMap, configMapType } from './types.ts';

interface Event extends BareObject {
  readonly note: string;
  readonly series?: { readonly count: number };
}

describe('an event recorder', () => {
  const cluster = useCluster();
  let client: KubeClient;
  let namespace: string;
  let life: AbortController;
  let running: Promise<void>;

  beforeEach(async () => {
    client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster().kubeconfig }) });
    namespace = await freshNamespace('events');
    life = new AbortController();
    running = Promise.resolve();
  });
  afterEach(async () => {
    life.abort();
    await running;
  });

  function start() {
    const options = { controller: 'example.com/portcullis', instance: 'portcullis-0', everyMs: 200 };
    const recorder = createEventRecorder(options, { client, logger: silentLogger, clock: systemClock });
    running = recorder.run(life.signal);
    return recorder;
  }

  const events = async () => (await client.list<Event>(eventType, { namespace })).items;

  it('shows what was recorded to whoever describes the object', async () => {
    const object = await client.create(configMapType, configMap(namespace, 'a'));
    start().record(object, 'Warning', 'Refused', 'the gateway refused it');
    await eventually(async () => (await events()).length === 1);
    const described = await kubectl(['describe', 'configmap', 'a', '-n', namespace]);
    expect(described).to.match(/Warning\s+Refused\s.*the gateway refused it/);
  });

  it('counts repetitions in one event', async () => {
    const object = await client.create(configMapType, configMap(namespace, 'a'));
    const recorder = start();
    for (let time = 0; time < 5; time += 1) recorder.record(object, 'Warning', 'Refused', 'again');
    recorder.record(object, 'Normal', 'Programmed', 'at last');
    await eventually(async () => (await events()).length === 2);
    for (let time = 0; time < 2; time += 1) recorder.record(object, 'Warning', 'Refused', 'again');
    await eventually(async () => (await events()).some(({ series }) => series?.count === 7));
    expect((await events()).map(({ note }) => note).sort()).to.deep.equal(['again', 'at last']);
  });

  it('goes on counting in a new event when the API server has forgotten the old one', async () => {
    const object = await client.create(configMapType, configMap(namespace, 'a'));
    const recorder = start();
    recorder.record(object, 'Normal', 'Seen', 'here');
    const name = await eventually(async () => (await events())[0]?.metadata.name ?? '');
    await client.delete(eventType, namespace, name);
    recorder.record(object, 'Normal', 'Seen', 'here');
    await eventually(async () => (await events())[0]?.series?.count === 2);
  });

  it('never throws: neither for an object of a namespace that is gone, nor for a text without end', async () => {
    const object = await client.create(configMapType, configMap(namespace, 'a'));
    const recorder = start();
    recorder.record(configMap('no-such-namespace', 'b'), 'Normal', 'Seen', 'here');
    recorder.record(object, 'Normal', 'Seen', 'ö'.repeat(5000));
    await eventually(async () => (await events()).length === 1);
    expect(Buffer.byteLength((await events())[0]?.note ?? '')).to.be.at.most(1024);
  });
});
