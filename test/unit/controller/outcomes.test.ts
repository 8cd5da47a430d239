import { expect } from 'chai';
import { againAfterMs } from '../../../controller/binding/again.ts';
import { endingOf } from '../../../controller/binding/failure.ts';
import { entryOf, type Outcome } from '../../../controller/binding/outcome.ts';
import { conditionsOf, isUnderWay } from '../../../controller/status/conditions.ts';
import { statusOf } from '../../../controller/status/status.ts';
import { GatewayError, type Meaning } from '../../../src/gateway/gateway-error.ts';

const now = new Date('2026-01-01T00:00:00Z');
const a = { namespace: 'gw', name: 'a' };
const b = { namespace: 'gw', name: 'b' };
const standing = { fingerprint: 'f', observedGeneration: 3 };

const good: Outcome = { is: 'programmed', standing, did: 'created', differences: [] };
const waiting: Outcome = {
  is: 'waiting',
  reason: 'ReferenceNotReady',
  message: 'waits for x',
  wokenBy: 'event',
  standing: undefined,
};
const refused: Outcome = { is: 'refused', reason: 'Refused', message: 'spec.context: bad', standing };
const conflict: Outcome = {
  is: 'refused',
  reason: 'HandleConflict',
  message: 'k n/x is older',
  standing: undefined,
};
const failing: Outcome = {
  is: 'failing',
  reason: 'Unavailable',
  message: 'answered 503',
  retryAfterMs: undefined,
  standing,
};

interface Case {
  readonly says: string;
  readonly outcomes: readonly (readonly [typeof a, Outcome])[];
  readonly wanted?: readonly string[];
  /** Reasons of Accepted, ResolvedRefs, Programmed and Ready; capital-free `ok` stands for True. */
  readonly conditions: readonly [string, string, string, string];
  readonly programmed: string;
  readonly contains?: string;
}

const cases: readonly Case[] = [
  {
    says: 'is Ready where every gateway holds it',
    outcomes: [
      [a, good],
      [b, good],
    ],
    conditions: ['ok', 'ok', 'ok', 'ok'],
    programmed: '2/2',
    contains: 'gw/a, gw/b',
  },
  {
    says: 'names the gateway that refused it, and repeats its words',
    outcomes: [
      [a, good],
      [b, refused],
    ],
    conditions: ['ok', 'ok', 'Refused', 'Refused'],
    programmed: '1/2',
    contains: 'gateway gw/b: spec.context: bad',
  },
  {
    says: 'says what it waits for',
    outcomes: [[a, waiting]],
    conditions: ['ok', 'ReferenceNotReady', 'ReferenceNotReady', 'ReferenceNotReady'],
    programmed: '0/1',
    contains: 'waits for x',
  },
  {
    says: 'says who was first',
    outcomes: [[a, conflict]],
    conditions: ['HandleConflict', 'ok', 'HandleConflict', 'HandleConflict'],
    programmed: '0/1',
    contains: 'k n/x is older',
  },
  {
    says: 'says what fails',
    outcomes: [[a, failing]],
    conditions: ['ok', 'ok', 'Unavailable', 'Unavailable'],
    programmed: '0/1',
    contains: 'answered 503',
  },
  {
    says: 'says that nothing selects it',
    outcomes: [],
    conditions: ['ok', 'ok', 'NoGateway', 'NoGateway'],
    programmed: '0/0',
  },
  {
    says: 'says which gateway has not been reached yet',
    outcomes: [[a, good]],
    wanted: ['gw/a', 'gw/b'],
    conditions: ['ok', 'ok', 'Pending', 'Pending'],
    programmed: '1/2',
    contains: 'gw/b: not reached yet',
  },
];

describe('how attempts ended, as conditions', () => {
  for (const { says, outcomes, wanted, conditions, programmed, contains = '' } of cases) {
    it(says, () => {
      const entries = outcomes.flatMap(([gateway, outcome]) => entryOf(outcome, gateway, false) ?? []);
      const keys = wanted ?? outcomes.map(([{ namespace, name }]) => `${namespace}/${name}`);
      const situation = { generation: 3, wanted: keys, entries, mode: 'Active' as const, deleting: false };
      const status = statusOf(undefined, situation, undefined, now);
      const told = (status.conditions ?? []).map(({ status: holds, reason }) =>
        holds === 'True' ? 'ok' : reason,
      );
      expect(told).to.deep.equal(conditions);
      expect(status.programmed).to.equal(programmed);
      expect(status.conditions?.at(-1)?.message).to.contain(contains);
      expect(status.conditions?.every(({ observedGeneration }) => observedGeneration === 3)).to.equal(true);
    });
  }

  it('keep the moment of a condition that has not turned', () => {
    const situation = {
      generation: 1,
      wanted: ['gw/a'],
      entries: [],
      mode: 'Active' as const,
      deleting: false,
    };
    const before = conditionsOf(undefined, situation, now);
    const later = conditionsOf(before, { ...situation, generation: 2 }, new Date('2026-01-02T00:00:00Z'));
    expect(later.map(({ lastTransitionTime }) => lastTransitionTime)).to.deep.equal(
      before.map(({ lastTransitionTime }) => lastTransitionTime),
    );
  });

  it('name who holds back a deletion', () => {
    const entry = entryOf({ ...waiting, reason: 'InUse', message: 'k n/y still refers to it' }, a, true)!;
    const situation = {
      generation: 1,
      wanted: [],
      entries: [entry],
      mode: 'Active' as const,
      deleting: true,
    };
    const ready = conditionsOf(undefined, situation, now).at(-1);
    expect(ready).to.include({ reason: 'Removing', message: 'gateway gw/a: k n/y still refers to it' });
  });
});

describe('when the next attempt is made', () => {
  const half = () => 0.5;
  const minutes = 60_000;
  const table: readonly (readonly [string, Outcome, number, number | undefined])[] = [
    ['not at all where all is well', good, 1, undefined],
    ['not by time where an event will tell', waiting, 1, undefined],
    ['soon where only time will tell', { ...waiting, wokenBy: 'time' }, 1, 500],
    ['not much later however long it waits', { ...waiting, wokenBy: 'time' }, 100, 15_000],
    ['in half an hour where somebody must act', refused, 1, 30 * minutes],
    ['soon after a first failure', failing, 1, 500],
    ['within a minute after the hundredth, for ever', failing, 100, 30_000],
    ['when the gateway says, and a little later', { ...failing, retryAfterMs: 7000 }, 1, 7350],
    ['later where the gateway asks for less than is due', { ...failing, retryAfterMs: 0 }, 100, 30_000],
    ['not at once where the gateway says so', { ...failing, retryAfterMs: 0 }, 1, 500],
    ['when a gateway that can not be reached is back', { ...failing, reason: 'Unreachable' }, 1, undefined],
  ];
  for (const [says, outcome, attempt, expected] of table) {
    it(`is ${says}`, () => {
      expect(againAfterMs(outcome, attempt, half)).to.equal(expected);
    });
  }
});

describe('what a failure of a gateway means for a resource', () => {
  const table: readonly (readonly [Meaning, Outcome['is'], string])[] = [
    ['refused', 'refused', 'Refused'],
    ['taken', 'refused', 'Taken'],
    ['parent', 'waiting', 'ReferenceNotReady'],
    ['inUse', 'waiting', 'InUse'],
    ['absent', 'failing', 'Vanished'],
    ['forbidden', 'failing', 'Forbidden'],
    ['unavailable', 'failing', 'Unavailable'],
  ];
  for (const [means, is, reason] of table) {
    it(`${means} is ${is}: ${reason}`, () => {
      const outcome = endingOf(new GatewayError('could not', { means }), standing);
      expect(outcome).to.include({ is, reason, message: 'could not' });
      expect(outcome).to.have.property('standing', standing);
    });
  }

  it('a fault of our own is failing, and keeps what happened for the log alone', () => {
    const outcome = endingOf(new TypeError('x is undefined'), undefined);
    expect(outcome).to.include({ is: 'failing', reason: 'Internal' });
    expect((outcome as { message: string }).message).not.to.contain('undefined');
  });
});

describe('a status that may wait for an ending', () => {
  const entriesOf = (...endings: readonly (readonly [typeof a, Outcome])[]) =>
    endings.flatMap(([gateway, outcome]) => entryOf(outcome, gateway, false) ?? []);
  const both = ['gw/a', 'gw/b'];
  const situation = { generation: 3, wanted: both, entries: [], mode: 'Active' as const, deleting: false };

  const may: Readonly<Record<string, Parameters<typeof isUnderWay>[0]>> = {
    'no gateway has come to it yet': situation,
    'a gateway holds an earlier state of it': { ...situation, generation: 4, entries: entriesOf([a, good]) },
  };
  for (const [why, one] of Object.entries(may))
    it(`is one where ${why}`, () => expect(isUnderWay(one)).to.equal(true));

  const mayNot: Readonly<Record<string, Parameters<typeof isUnderWay>[0]>> = {
    'nothing selects it': { ...situation, wanted: [] },
    'the first gateway holds it': { ...situation, entries: entriesOf([a, good]) },
    'it waits for something': { ...situation, entries: entriesOf([a, waiting]) },
    'it fails': { ...situation, entries: entriesOf([a, failing]) },
    'no gateway is called': { ...situation, mode: 'Paused' },
    'it is being deleted': { ...situation, deleting: true },
  };
  for (const [why, one] of Object.entries(mayNot))
    it(`is none where ${why}`, () => expect(isUnderWay(one)).to.equal(false));
});
