import { expect } from 'chai';
import type { Shown } from '../../../controller/gateway/dump.ts';
import { Liveness } from '../../../controller/gateway/liveness.ts';
import { momentOf } from '../../../controller/gateway/moment.ts';
import type { Outcome } from '../../../controller/binding/outcome.ts';
import type { StoredGateway, Subject } from '../../../controller/cluster/stored.ts';
import { controllerMetrics } from '../../../controller/metrics.ts';
import { Book } from '../../../controller/status/book.ts';
import { GatewayError } from '../../../src/gateway/gateway-error.ts';
import type { ManagementClient, Place } from '../../../src/gateway/management-client.ts';
import { mcp } from '../../../src/kinds/mcp.ts';
import { restApi } from '../../../src/kinds/rest-api.ts';
import type { Kind } from '../../../src/model/kind.ts';
import { createRegistry } from '../../../src/runtime/metrics.ts';
import { ManualClock } from '../manual-clock.ts';

const key = 'gw/main';
const gateway = {
  kind: 'APIGateway',
  metadata: { namespace: 'gw', name: 'main' },
} as unknown as StoredGateway;
const at = (second: number) => `2026-01-01T00:00:0${second}Z`;
const shownAt = (second: number): Shown => ({
  kind: 'RestApi',
  handle: 'books',
  updatedAt: momentOf(at(second)) ?? 0n,
  isDeployed: true,
});

function subjectOf(row: Kind): Subject {
  const metadata = { namespace: 'shop', name: 'books', uid: row.kind, resourceVersion: '1', generation: 1 };
  return { row, resource: { apiVersion: 'v1', kind: row.kind, metadata, spec: {} } };
}

/** A gateway that holds some resources, of which it tells these times; a test moves them. */
function world(...subjects: readonly Subject[]) {
  const clock = new ManualClock();
  const book = new Book({ clock });
  const metrics = controllerMetrics(createRegistry(), []);
  const storedAt = new Map<Kind, string | undefined>();
  const asked: string[] = [];
  let isDown = false;
  let settled = 0;
  const cluster = { all: () => subjects, gateway: () => gateway, selects: () => true, tellsLive: () => true };
  const shares = { holds: () => true };
  const liveness = new Liveness(key, { cluster, book, clock, shares, metrics, settle: () => (settled += 1) });
  const client = {
    generation: 'v1',
    get: ({ row }: Place, name: string) => {
      asked.push(row.kind);
      if (isDown) return Promise.reject(new GatewayError('down', { means: 'unavailable' }));
      return Promise.resolve({ metadata: { name }, status: { updatedAt: storedAt.get(row) } });
    },
  } as unknown as ManagementClient;
  return {
    liveness,
    clock,
    metrics,
    asked,
    stateOf: ({ resource }: Subject) => book.live(resource, key)?.state,
    reasonOf: ({ resource }: Subject) => book.live(resource, key)?.reason,
    settled: () => settled,
    goDown: () => (isDown = true),
    stored: ({ row }: Subject, second: number | undefined) =>
      storedAt.set(row, second === undefined ? undefined : at(second)),
    /** Notes a write of ours, as the gateway's part does. */
    write: (subject: Subject, second: number) => {
      storedAt.set(subject.row, at(second));
      const standing = { fingerprint: `f${second}`, lastSyncTime: at(second), observedGeneration: 1 };
      const outcome: Outcome = { is: 'programmed', did: 'replaced', differences: [], standing };
      book.put(subject.resource, key, { namespace: 'gw', name: 'main', state: 'Programmed', ...standing });
      return liveness.attempted(subject, outcome);
    },
    judge: async (...apis: readonly Shown[]) => {
      liveness.sees(apis);
      await liveness.judge(client, AbortSignal.timeout(1000));
    },
  };
}

describe('what is live, told by what a dump shows and what is stored', () => {
  const [api, tools] = [subjectOf(restApi), subjectOf(mcp)];

  it('is pending from the write on and live once the very write is shown, and its time is asked for once', async () => {
    const { write, judge, stateOf, asked, liveness } = world(api);
    expect(write(api, 5)).to.equal(true);
    expect(stateOf(api)).to.equal('Pending');
    await judge(shownAt(4));
    expect([stateOf(api), liveness.pending]).to.deep.equal(['Pending', 1]);
    await judge(shownAt(5));
    expect([stateOf(api), liveness.pending]).to.deep.equal(['Live', 0]);
    await judge(shownAt(5));
    expect(asked).to.deep.equal(['RestApi']);
  });

  it('asks for its status to be written when it moves and at no other time', async () => {
    const { write, judge, settled } = world(api);
    write(api, 5);
    for (let round = 0; round < 3; round += 1) await judge();
    expect(settled()).to.equal(0);
    for (let round = 0; round < 3; round += 1) await judge(shownAt(5));
    expect(settled()).to.equal(1);
  });

  it('counts how long it took, and for how long the oldest write waits', async () => {
    const { write, judge, clock, metrics } = world(api);
    write(api, 1);
    await clock.advance(4000);
    await judge();
    expect((await metrics.lag.get()).values[0]?.value).to.equal(3);
    expect((await metrics.notLive.get()).values[0]?.value).to.equal(1);
    await judge(shownAt(1));
    expect((await metrics.lag.get()).values[0]?.value).to.equal(0);
    const { values } = await metrics.liveSeconds.get();
    expect(values.find(({ metricName }) => metricName?.endsWith('_sum'))?.value).to.equal(4);
  });

  it('takes nothing for live that shows another kind with its handle', async () => {
    const { write, judge, stateOf } = world(api, tools);
    write(api, 3);
    write(tools, 5);
    await judge(shownAt(5));
    expect([stateOf(api), stateOf(tools)]).to.deep.equal(['Pending', 'Live']);
    await judge(shownAt(5), shownAt(3));
    expect([stateOf(api), stateOf(tools)]).to.deep.equal(['Live', 'Live']);
  });

  it('takes nothing for live that shows something of others with its handle', async () => {
    const { write, judge, stateOf } = world(api);
    write(api, 3);
    await judge();
    await judge(shownAt(5));
    expect(stateOf(api)).to.equal('Pending');
  });

  it('takes it for live where somebody has written it since', async () => {
    const { write, judge, stateOf, stored } = world(api);
    write(api, 3);
    await judge(shownAt(3));
    stored(api, 5);
    await judge(shownAt(5));
    expect(stateOf(api)).to.equal('Live');
  });

  it('says nothing new of what is in doubt while the gateway does not tell', async () => {
    const { write, judge, stateOf, goDown } = world(api);
    write(api, 3);
    await judge(shownAt(3));
    goDown();
    await judge(shownAt(5));
    expect(stateOf(api)).to.equal('Live');
  });

  it('does not know which of two is shown that have one handle and one time', async () => {
    const { write, judge, stateOf, reasonOf } = world(api, tools);
    write(api, 3);
    write(tools, 3);
    await judge(shownAt(3));
    expect([stateOf(api), reasonOf(api), stateOf(tools)]).to.deep.equal(['Unknown', 'Ambiguous', 'Unknown']);
    await judge(shownAt(3), shownAt(3));
    expect([stateOf(api), stateOf(tools)]).to.deep.equal(['Live', 'Live']);
  });

  it('does not know where the gateway tells no time', async () => {
    const { write, judge, stored, stateOf, reasonOf } = world(api);
    write(api, 3);
    stored(api, undefined);
    await judge(shownAt(3));
    expect([stateOf(api), reasonOf(api)]).to.deep.equal(['Unknown', 'NoTime']);
  });

  it('is not live any more when it is not shown any more', async () => {
    const { write, judge, stateOf } = world(api);
    write(api, 3);
    await judge(shownAt(3));
    await judge();
    expect(stateOf(api)).to.equal('Pending');
  });

  it('is unknown at once where nobody can tell, and goes on from there when somebody can', async () => {
    const { write, judge, stateOf, reasonOf, liveness } = world(api, tools);
    write(api, 3);
    await judge(shownAt(3));
    liveness.cannotTell({ reason: 'DumpIsOff', message: 'off' });
    expect([stateOf(api), reasonOf(api)]).to.deep.equal(['Unknown', 'DumpIsOff']);
    expect(write(tools, 4)).to.equal(false);
    expect(stateOf(tools)).to.equal('Unknown');
    await judge(shownAt(3), shownAt(4));
    expect([stateOf(api), stateOf(tools)]).to.deep.equal(['Live', 'Live']);
  });

  for (const reason of ['Unreachable', 'Forbidden', 'NotRead'] as const) {
    it(`stays what was seen live where nobody can tell because it is ${reason}`, async () => {
      const { write, judge, stateOf, liveness } = world(api, tools);
      write(api, 3);
      await judge(shownAt(3));
      write(tools, 4);
      liveness.cannotTell({ reason, message: 'gone' });
      expect([stateOf(api), stateOf(tools)]).to.deep.equal(['Live', 'Unknown']);
    });
  }
});
