import { expect } from 'chai';
import type { StoredResource } from '../../../cli/cluster/inventory.ts';
import { troublesOf } from '../../../cli/status/troubles.ts';
import { table } from '../../../src/kinds/table.ts';
import type { BindingStatus, Condition, ResourceStatus } from '../../../src/model/status.ts';

const at = (minute: number) => `2026-01-01T12:${String(minute).padStart(2, '0')}:00Z`;

const ready = (status: Condition['status'], since: string, reason = 'Ready'): Condition => ({
  type: 'Ready',
  status,
  reason,
  message: 'why',
  lastTransitionTime: since,
});
const entry = (more: Partial<BindingStatus> = {}): BindingStatus => ({
  namespace: 'gateways',
  name: 'edge',
  state: 'Programmed',
  ...more,
});

function resource(name: string, status?: ResourceStatus, generation = 1): StoredResource {
  const metadata = { name, namespace: 'shop', generation, creationTimestamp: at(9) };
  return { row: table.get('RestApi'), resource: { kind: 'RestApi', metadata, ...(status && { status }) } };
}

function gateway(
  ...conditions: readonly (readonly [type: string, status: Condition['status'], reason?: string])[]
) {
  return {
    kind: 'APIGateway',
    metadata: { name: 'edge', namespace: 'gateways', generation: 1 },
    status: {
      observedGeneration: 1,
      conditions: conditions.map(([type, status, reason = type]) => ({
        type,
        status,
        reason,
        message: 'why',
        lastTransitionTime: at(0),
      })),
    },
  };
}

describe('what is not as wanted', () => {
  const well = { observedGeneration: 1, conditions: [ready('True', at(1))], gateways: [entry()] };

  for (const [says, stored, reasons] of [
    ['is nothing of what stands everywhere', resource('x', well), []],
    ['is what no controller has seen', resource('x'), ['Unseen']],
    ['is what the controller has not come to', resource('x', well, 2), ['Behind']],
    [
      'is each gateway where it does not stand',
      resource('x', {
        ...well,
        conditions: [ready('False', at(1))],
        gateways: [
          entry(),
          entry({ name: 'other', state: 'Refused', reason: 'Taken', message: 'by others' }),
        ],
      }),
      ['Taken'],
    ],
    [
      'is what no gateway takes',
      resource('x', { ...well, conditions: [ready('False', at(1), 'NoGateway')], gateways: [] }),
      ['NoGateway'],
    ],
    [
      'is what is stored there and not live',
      resource('x', { ...well, gateways: [entry({ live: { state: 'Pending', since: at(2) } })] }),
      ['NotLive'],
    ],
    [
      'is what a gateway did not keep',
      resource('x', { ...well, gateways: [entry({ unkept: ['spec.vhosts'] })] }),
      ['NotKept'],
    ],
    [
      'is not what nobody can tell to be live',
      resource('x', { ...well, gateways: [entry({ live: { state: 'Unknown', since: at(2) } })] }),
      [],
    ],
  ] as const) {
    it(says, () => expect(troublesOf([], [stored]).map(({ reason }) => reason)).to.deep.equal(reasons));
  }

  it('tells the oldest first', () => {
    const failing = (name: string, minute: number) =>
      resource(name, {
        ...well,
        conditions: [ready('False', at(minute))],
        gateways: [entry({ state: 'Failing', reason: 'Unavailable' })],
      });
    const told = troublesOf([], [failing('new', 5), failing('old', 1), failing('mid', 3)]);
    expect(told.map(({ name }) => name)).to.deep.equal(['old', 'mid', 'new']);
  });

  it('says once that a gateway is away', () => {
    const away = gateway(['Reachable', 'False', 'Unreachable'], ['Synced', 'Unknown', 'Unreachable']);
    expect(troublesOf([away], []).map(({ reason }) => reason)).to.deep.equal(['Unreachable']);
  });

  it('leaves it to the resources of a gateway to tell of themselves', () => {
    expect(troublesOf([gateway(['Reachable', 'True'], ['Synced', 'False', 'Failing'])], [])).to.deep.equal(
      [],
    );
  });
});
