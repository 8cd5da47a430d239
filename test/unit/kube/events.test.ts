import { expect } from 'chai';
import type { KubeClient } from '../../../src/kube/client.ts';
import { createEventRecorder, type EventRecorder } from '../../../src/kube/events.ts';
import type { BareObject } from '../../../src/kube/resource.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { ManualClock, settled } from '../manual-clock.ts';

interface Written extends BareObject {
  readonly type: string;
  readonly note: string;
  readonly regarding: object;
}

const about = (name: string): BareObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Thing',
  metadata: { namespace: 'team', name, uid: `uid-${name}`, resourceVersion: '7', labels: { a: 'b' } },
});

describe('events in a burst', () => {
  let clock: ManualClock;
  let written: Written[];
  let recorder: EventRecorder;
  let life: AbortController;
  let running: Promise<void>;

  beforeEach(() => {
    clock = new ManualClock();
    written = [];
    life = new AbortController();
    running = Promise.resolve();
    const client = {
      within: () => client,
      create: (_type: unknown, event: Written) => Promise.resolve(void written.push(event)),
    } as unknown as KubeClient;
    const options = { controller: 'example.com/tests', instance: 'one' };
    recorder = createEventRecorder(options, { client, logger: silentLogger, clock });
  });
  afterEach(async () => {
    life.abort();
    await running;
  });
  const start = () => {
    running = recorder.run(life.signal);
  };

  it('are written at once up to a hundred, and then twenty a second', async () => {
    for (let index = 0; index < 200; index += 1) recorder.record(about(`a-${index}`), 'Normal', 'Made', '');
    start();
    await settled();
    expect(written.length).to.equal(100);
    for (let second = 0; second < 2; second += 1)
      for (let tick = 0; tick < 20; tick += 1) await clock.advance(50);
    expect(written.length).to.be.within(138, 141);
  });

  it('are written with the warnings first', async () => {
    recorder.record(about('a'), 'Normal', 'Made', 'good');
    recorder.record(about('b'), 'Warning', 'Refused', 'bad');
    start();
    await settled();
    expect(written.map(({ note }) => note)).to.deep.equal(['bad', 'good']);
  });

  it('name what they are about, and keep nothing else of it', async () => {
    recorder.record(about('a'), 'Normal', 'Made', '');
    start();
    await settled();
    expect(written[0]?.regarding).to.deep.equal({
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      namespace: 'team',
      name: 'a',
      uid: 'uid-a',
      resourceVersion: '7',
    });
  });

  it('are dropped from the oldest on where too many wait', async () => {
    for (let index = 0; index < 5001; index += 1) recorder.record(about(`a-${index}`), 'Normal', 'Made', '');
    start();
    await settled();
    expect(written[0]?.metadata.name).to.match(/^a-1\./);
  });
});
