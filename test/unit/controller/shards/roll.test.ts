import { expect } from 'chai';
import { Roll, rollAnnotation } from '../../../../controller/shards/roll.ts';

describe('the roll of replicas', () => {
  let annotations: Readonly<Record<string, string>>;
  beforeEach(() => (annotations = { 'some/other': 'one' }));

  const roll = (identity: string, since = '2026-01-01') => new Roll({ identity, since, silentMs: 1000 });
  const sign = (by: Roll, nowMs: number) => {
    by.read(annotations, nowMs);
    annotations = by.signed(annotations, nowMs);
    by.read(annotations, nowMs);
  };
  const names = (of: Roll, nowMs: number) => of.members(nowMs).map(({ identity }) => identity);

  it('names everybody who has signed, and when they came', () => {
    const [a, b] = [roll('a'), roll('b', '2026-01-02')];
    sign(a, 0);
    sign(b, 10);
    a.read(annotations, 20);
    expect(a.members(20)).to.have.deep.members([
      { identity: 'a', since: '2026-01-01' },
      { identity: 'b', since: '2026-01-02' },
    ]);
    expect(names(b, 20)).to.have.members(['a', 'b']);
  });

  it('leaves out who was silent for too long on our own clock, and strikes the name', () => {
    const [a, b] = [roll('a'), roll('b')];
    sign(a, 0);
    sign(b, 0);
    sign(b, 900);
    expect(names(b, 1000)).to.have.members(['a', 'b']);
    sign(b, 1001);
    expect(names(b, 1001)).to.deep.equal(['b']);
    expect(annotations[rollAnnotation]).not.to.contain('"a"');
  });

  it('keeps whoever signs, however often nothing else changes', () => {
    const [a, b] = [roll('a'), roll('b')];
    for (let now = 0; now < 5000; now += 500) {
      sign(a, now);
      sign(b, now);
    }
    expect(names(a, 5000)).to.have.members(['a', 'b']);
  });

  it('is empty when the last one leaves, and not before', () => {
    const [a, b] = [roll('a'), roll('b')];
    sign(a, 0);
    sign(b, 0);
    a.read(annotations, 0);
    const left = a.left(annotations, 0);
    expect(left.isEmpty).to.equal(false);
    b.read(left.annotations, 0);
    expect(names(b, 0)).to.deep.equal(['b']);
    expect(b.left(left.annotations, 0).isEmpty).to.equal(true);
  });

  it('takes what it can not read for nobody', () => {
    const a = roll('a');
    a.read({ [rollAnnotation]: 'no JSON' }, 0);
    expect(names(a, 0)).to.deep.equal(['a']);
  });

  it('leaves other annotations alone', () => {
    sign(roll('a'), 0);
    expect(annotations).to.include({ 'some/other': 'one' });
  });
});
