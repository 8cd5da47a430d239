import { expect } from 'chai';
import { adminPauseMs, isDumpDue, quiet } from '../../../controller/gateway/admin-pace.ts';
import type { Shown } from '../../../controller/gateway/dump.ts';
import { verdictOf, type Verdict } from '../../../controller/gateway/live-verdict.ts';
import { momentOf } from '../../../controller/gateway/moment.ts';
import { liveCondition } from '../../../controller/status/live.ts';
import type { BindingStatus, LiveStatus } from '../../../src/model/status.ts';

const shown = (updatedAt: bigint, isDeployed = true): Shown => ({
  kind: 'K',
  handle: 'n',
  updatedAt,
  isDeployed,
});

describe('what a dump says of something that stands at a gateway', () => {
  const cases: readonly (readonly [string, readonly Shown[], number, Verdict])[] = [
    ['nothing has its handle there', [], 1, 'Pending'],
    ['what has its handle was written before', [shown(1n), shown(9n)], 1, 'Pending'],
    ['its last write has arrived', [shown(1n), shown(10n)], 1, 'Live'],
    ['its last write has arrived and takes it away', [shown(10n, false)], 1, 'Undeployed'],
    ['something with its handle was written after it', [shown(9n), shown(11n)], 1, 'Newer'],
    [
      'its last write has arrived, and something else was written after it',
      [shown(10n), shown(11n)],
      1,
      'Live',
    ],
    ['one of two with one handle and one time has arrived', [shown(10n)], 2, 'Ambiguous'],
    ['two of two with one handle and one time have arrived', [shown(10n), shown(10n)], 2, 'Live'],
    ['they differ in whether they serve', [shown(10n), shown(10n, false)], 2, 'Ambiguous'],
  ];
  for (const [title, sightings, alike, verdict] of cases) {
    it(`is ${verdict} where ${title}`, () => expect(verdictOf(sightings, 10n, alike)).to.equal(verdict));
  }
});

describe("a gateway's own time", () => {
  it('is told to the nanosecond, however many digits it has', () => {
    const second = 1_767_225_600_000_000_000n;
    expect(momentOf('2026-01-01T00:00:00Z')).to.equal(second);
    expect(momentOf('2026-01-01T00:00:00.5Z')).to.equal(second + 500_000_000n);
    expect(momentOf('2026-01-01T00:00:00.000000001Z')).to.equal(second + 1n);
  });

  it('is none where it is anything else', () => {
    for (const text of [
      undefined,
      7,
      '',
      'yesterday',
      '2026-13-01T00:00:00Z',
      '2026-01-01T00:00:00.0000000001Z',
    ])
      expect(momentOf(text), String(text)).to.equal(undefined);
  });
});

describe('the condition Live', () => {
  const entry = (name: string, state: LiveStatus['state'] | undefined, more = {}): BindingStatus => ({
    namespace: 'gw',
    name,
    state: 'Programmed',
    observedGeneration: 3,
    ...(state === undefined ? {} : { live: { state, since: 'then', ...more } }),
  });
  const told = (...entries: readonly BindingStatus[]) =>
    liveCondition(
      entries.map(({ name }) => `gw/${name}`),
      { entries, generation: 3 },
    );
  const [live, pending] = [entry('live', 'Live'), entry('slow', 'Pending')];
  const off = entry('off', 'Unknown', { reason: 'DumpIsOff', message: 'its dump is off' });
  const resting = entry('resting', 'Undeployed');

  it('is True where every gateway that tells has it live', () => {
    expect(told(live, entry('more', 'Live'))).to.deep.equal([
      {
        type: 'Live',
        status: 'True',
        reason: 'Live',
        message: 'gateway gw/live: it is live; gateway gw/more: it is live',
      },
    ]);
  });

  it('names those alone that keep it from being True, and since when', () => {
    const message = 'gateway gw/slow: it is stored and not live yet, since then';
    expect(told(live, pending, off)).to.deep.equal([
      { type: 'Live', status: 'False', reason: 'Pending', message },
    ]);
  });

  it('is Unknown where a gateway does not tell and none lacks it, with the reason', () => {
    const message = 'gateway gw/off: its dump is off';
    expect(told(live, off, resting)).to.deep.equal([
      { type: 'Live', status: 'Unknown', reason: 'DumpIsOff', message },
    ]);
  });

  it('is False where it is undeployed as it was asked', () =>
    expect(told(live, resting)[0]).to.include({ status: 'False', reason: 'Undeployed' }));

  it('is False where it does not stand as wanted, whatever stands there', () => {
    const refused = { ...live, state: 'Refused' } as const;
    expect(told(refused)[0]).to.include({ status: 'False', reason: 'NotProgrammed' });
    expect(liveCondition(['gw/new'], { entries: [], generation: 3 })[0]).to.include({
      status: 'False',
      reason: 'NotProgrammed',
    });
  });

  it('is False where what is live there is an earlier state of it', () => {
    const behind = { ...live, observedGeneration: 2 };
    expect(told(behind)[0]).to.include({ status: 'False', reason: 'NotProgrammed' });
  });

  it('is not there where nobody can be asked, or nothing was learned yet', () => {
    expect(liveCondition([], { entries: [live], generation: 3 })).to.deep.equal([]);
    expect(told(entry('new', undefined))).to.deep.equal([]);
  });
});

describe('how often an admin port is asked', () => {
  const pauseMs = (pace: Partial<typeof quiet>, pending: number) =>
    adminPauseMs({ ...quiet, ...pace }, pending, () => 0.5).pauseMs;

  it('is once a minute while nothing is waited for', () => expect(pauseMs({}, 0)).to.equal(60_000));

  it('is every second while something is waited for, and less often while nothing moves', () =>
    expect([0, 1, 2, 3, 9].map((still) => pauseMs({ still }, 1))).to.deep.equal([
      1000, 2000, 4000, 5000, 5000,
    ]));

  it('is less often the more often it failed', () =>
    expect([1, 2, 3, 9].map((failures) => pauseMs({ failures }, 1))).to.deep.equal([
      2000, 4000, 8000, 60_000,
    ]));

  it('costs a gateway no more than a tenth of its time, whoever wakes us', () => {
    const { restMs } = adminPauseMs({ ...quiet, dumpTookMs: 700 }, 1, () => 0.5);
    expect(restMs).to.equal(7000);
  });

  it('includes the dump, while the version stands, ever more seldom, and never where all is live', () => {
    const due = (inVain: number, ageMs: number, pending = 1) =>
      isDumpDue({ ...quiet, inVain, dumpedAtMs: 0 }, pending, ageMs);
    expect([
      due(0, 14_000),
      due(0, 15_000),
      due(1, 15_000),
      due(1, 30_000),
      due(9, 299_000),
      due(9, 300_000),
    ]).to.deep.equal([false, true, false, true, false, true]);
    expect(due(0, 1_000_000, 0)).to.equal(false);
  });
});
