import { expect } from 'chai';
import { resourcePath } from '../../../src/kube/resource-path.ts';
import { type Condition, key, setCondition } from '../../../src/kube/resource.ts';
import { thing, thingType } from './api-server.ts';

describe('conditions', () => {
  const then = new Date('2026-01-01T00:00:00.123Z');
  const now = new Date('2026-01-02T00:00:00.456Z');
  const ready = { type: 'Ready', status: 'False', reason: 'Waiting', message: 'not yet' } as const;
  const others: readonly Condition[] = [
    {
      type: 'Accepted',
      status: 'True',
      reason: 'Fine',
      message: '',
      lastTransitionTime: '2025-01-01T00:00:00Z',
    },
  ];

  it('are added behind the others, with whole seconds', () => {
    expect(setCondition(others, ready, then)).to.deep.equal([
      ...others,
      { ...ready, lastTransitionTime: '2026-01-01T00:00:00Z' },
    ]);
  });

  it('keep their time when only reason or message change', () => {
    const before = setCondition(others, ready, then);
    const after = setCondition(before, { ...ready, reason: 'Refused', message: 'no' }, now);
    expect(after[1]).to.deep.include({ reason: 'Refused', lastTransitionTime: '2026-01-01T00:00:00Z' });
  });

  it('take a new time when their status changes', () => {
    const before = setCondition(undefined, ready, then);
    const [after] = setCondition(before, { ...ready, status: 'True' }, now);
    expect(after?.lastTransitionTime).to.equal('2026-01-02T00:00:00Z');
  });

  it('are never longer than the API server allows', () => {
    const [condition] = setCondition([], { ...ready, message: 'x'.repeat(40_000) }, now);
    expect(condition?.message).to.have.lengthOf(32_768);
  });
});

describe('the name of a resource', () => {
  it('has its namespace in front', () => expect(key(thing('books', '1'))).to.equal('shop/books'));

  for (const [path, expected] of [
    [
      resourcePath(thingType, 'shop', 'books', 'status'),
      '/apis/example.com/v1/namespaces/shop/things/books/status',
    ],
    [resourcePath(thingType, undefined), '/apis/example.com/v1/things'],
    [resourcePath({ ...thingType, group: '', namespaced: false }, 'shop', 'a/b'), '/api/v1/things/a%2Fb'],
  ] as const) {
    it(`is ${expected} on the API server`, () => expect(path).to.equal(expected));
  }
});
