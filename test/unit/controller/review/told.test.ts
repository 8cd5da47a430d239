import { expect } from 'chai';
import type { Finding } from '../../../../controller/review/finding.ts';
import { Findings } from '../../../../controller/review/finding-store.ts';
import { reportOf } from '../../../../controller/review/policy-report.ts';
import { policyStatusOf, isSameStatus } from '../../../../controller/review/policy-status.ts';
import { reviewedOf } from '../../../../controller/review/reviewed.ts';
import { mostViolations, noTally, talliesOf } from '../../../../controller/review/tally.ts';
import { conditionsOf } from '../../../../controller/status/conditions.ts';
import type { Stored } from '../../../../controller/cluster/stored.ts';
import type { Breach } from '../../../../src/review/breach.ts';

const now = new Date('2026-06-01T00:00:00Z');

const resource = (name: string, generation = 1): Stored => ({
  apiVersion: 'gateway.api-platform.wso2.com/v1',
  kind: 'RestApi',
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1', generation },
});
const breach = (change: Partial<Breach> = {}): Breach => ({
  policy: 'tls',
  rule: 'plain-http',
  action: 'Warn',
  message: 'uses plain HTTP',
  path: 'spec.upstream',
  ...change,
});
const finding = (name: string, breaches: readonly Breach[], about = ['tls']): Finding => ({
  epoch: 1,
  resource: resource(name),
  about,
  breaches,
});
const excused = { reason: 'moves in spring', expires: '2027-01-01T00:00:00Z' };

describe('the condition Reviewed', () => {
  it('is not there where no policy is about the resource', () => {
    expect(reviewedOf([], [])).to.equal(undefined);
  });

  it('is true where nothing is broken', () => {
    expect(reviewedOf(['a', 'b'], [])).to.deep.equal({
      type: 'Reviewed',
      status: 'True',
      reason: 'NoBreach',
      message: 'it keeps to 2 review policies',
    });
  });

  it('is false with the sentences, the gravest first, and the reason is what the gravest leads to', () => {
    const said = reviewedOf(['tls'], [breach(), breach({ rule: 'no-host', action: 'Deny' })]);
    expect(said).to.deep.equal({
      type: 'Reviewed',
      status: 'False',
      reason: 'WouldBeDenied',
      message:
        'spec.upstream: uses plain HTTP (policy tls, rule no-host); spec.upstream: uses plain HTTP (policy tls, rule plain-http)',
    });
  });

  it('is true where an exception covers all that is broken, and names it', () => {
    const said = reviewedOf(['tls'], [breach({ excused })]);
    expect(said).to.include({ status: 'True', reason: 'Excused' });
    expect(said?.message).to.contain('excused until 2027-01-01T00:00:00Z: moves in spring');
  });

  it('does not say of a resource what is a fault of a rule that only warns', () => {
    const failed = { failed: 'error' } as const;
    expect(reviewedOf(['tls'], [breach(failed)])).to.include({ status: 'True' });
    expect(reviewedOf(['tls'], [breach({ ...failed, action: 'Deny' })])).to.include({ status: 'False' });
  });

  it('stays readable however much is broken', () => {
    const many = Array.from({ length: 500 }, (_, index) =>
      breach({ rule: `rule-${index}`, message: 'x'.repeat(512) }),
    );
    const message = reviewedOf(['tls'], many)?.message ?? '';
    expect(message).to.have.length.below(6000);
    expect(message).to.match(/and 492 breaches more$/);
  });

  it('does not count into Ready', () => {
    const entries = [
      { namespace: 'shop', name: 'main', state: 'Programmed', observedGeneration: 1 },
    ] as const;
    const situation = {
      generation: 1,
      wanted: ['shop/main'],
      entries,
      mode: 'Active',
      deleting: false,
      reviewed: reviewedOf(['tls'], [breach({ action: 'Deny' })]),
    } as const;
    const status = (type: string) =>
      conditionsOf(undefined, situation, now).find((one) => one.type === type)?.status;
    expect([status('Ready'), status('Reviewed')]).to.deep.equal(['True', 'False']);
  });
});

describe('the status of a review policy', () => {
  const situation = {
    generation: 3,
    spec: { rules: [{}, {}] },
    faults: [],
    tally: noTally,
    outstanding: 0,
    namespaces: undefined,
  };
  const condition = (type: string, of: ReturnType<typeof policyStatusOf>) =>
    of.conditions?.find((one) => one.type === type);

  it('counts breaches by what they lead to, and apart what is excused and what could not be told', () => {
    const tallies = talliesOf([
      finding('a', [breach(), breach({ action: 'Deny' })]),
      finding('b', [breach({ excused }), breach({ action: 'Deny', failed: 'limit' })]),
      finding('c', [breach({ action: 'Audit' })]),
      finding('d', []),
      finding('e', [], []),
    ]);
    const { violations, ...counts } = tallies.get('tls') ?? noTally;
    expect(counts).to.deep.equal({ reviewed: 4, denied: 1, warned: 1, audited: 1, excused: 1, failed: 1 });
    expect(violations.map(({ name, action }) => `${name} ${action}`)).to.deep.equal([
      'a Deny',
      'b Deny',
      'a Warn',
      'c Audit',
    ]);
  });

  it('names the first of very many breaches, by their names', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      finding(`api-${String(index).padStart(3, '0')}`, [breach()]),
    );
    const tally = talliesOf(many.toReversed()).get('tls');
    expect(tally?.warned).to.equal(100);
    expect(tally?.violations).to.have.length(mostViolations);
    expect(tally?.violations[0]).to.include({ name: 'api-000', namespace: 'shop', kind: 'RestApi' });
  });

  it('is Ready when everything has been reviewed, and says which namespaces that was', () => {
    const all = policyStatusOf(undefined, { ...situation, namespaces: ['shop', 'bank'] }, now);
    expect(condition('Ready', all)).to.include({ status: 'True', reason: 'Reviewed', observedGeneration: 3 });
    expect(condition('Ready', all)?.message).to.contain(
      'in the namespaces shop, bank, which alone are watched',
    );
    expect(all).to.include({ observedGeneration: 3, rules: 2, lastReviewTime: now.toISOString() });
    const some = policyStatusOf(undefined, { ...situation, outstanding: 2 }, now);
    expect(condition('Ready', some)).to.include({ status: 'False', reason: 'Reviewing' });
    expect(some).not.to.have.property('lastReviewTime');
  });

  it('tells why it does not compile', () => {
    const faults = [{ path: 'spec.rules[0].expression', fault: 'does not compile' }];
    const status = policyStatusOf(undefined, { ...situation, faults }, now);
    for (const type of ['Compiled', 'Ready'])
      expect(condition(type, status)).to.include({
        status: 'False',
        reason: 'DoesNotCompile',
        message: 'spec.rules[0].expression: does not compile',
      });
  });

  it('names exceptions that have ended and those that will within a week', () => {
    const exceptions = ['2026-05-31T00:00:00Z', '2026-06-05T00:00:00Z', '2026-07-01T00:00:00Z'].map(
      (expires) => ({ reason: 'r', expires }),
    );
    const status = policyStatusOf(undefined, { ...situation, spec: { exceptions } }, now);
    expect(status.endedExceptions?.map(({ path }) => path)).to.deep.equal(['spec.exceptions[0]']);
    expect(status.endingExceptions?.map(({ path }) => path)).to.deep.equal(['spec.exceptions[1]']);
  });

  it('says the same an hour later, so that nothing is written', () => {
    const before = policyStatusOf(undefined, situation, now);
    const later = policyStatusOf(before, situation, new Date(now.getTime() + 3_600_000));
    expect(isSameStatus(before, later)).to.equal(true);
    expect(isSameStatus(before, policyStatusOf(before, { ...situation, generation: 4 }, now))).to.equal(
      false,
    );
  });

  it('can be made of a spec that is none', () => {
    expect(() =>
      policyStatusOf(undefined, { ...situation, spec: { rules: 1, exceptions: 'x' } }, now),
    ).not.to.throw();
  });
});

describe('a policy report', () => {
  it('is not there where no policy is about anything', () => {
    expect(reportOf('shop', [finding('a', [], [])])).to.equal(undefined);
  });

  it('tells each breach by itself, and of each policy in one line who keeps to it', () => {
    const report = reportOf('shop', [
      finding('b', [], ['tls', 'keys']),
      finding('a', [breach({ action: 'Deny' }), breach({ excused })], ['tls', 'keys']),
      finding('c', [breach({ action: 'Audit' }), breach({ failed: 'error' })]),
    ]);
    expect(report?.summary).to.deep.equal({ pass: 3, fail: 1, warn: 1, error: 1, skip: 1 });
    const lines = report?.results?.map(
      ({ policy, result, resources }) => `${result} ${policy} ${resources.map(({ name }) => name).join()}`,
    );
    expect(lines).to.have.members([
      'fail tls a',
      'skip tls a',
      'error tls c',
      'warn tls c',
      'pass tls b',
      'pass keys a,b',
    ]);
    expect(lines?.[0]).to.equal('fail tls a');
  });
});

describe('what was found of a resource', () => {
  it('is of the resource as it is, and of no other with its name', () => {
    const findings = new Findings();
    findings.put(finding('a', [breach()]));
    expect(findings.of(resource('a'))?.breaches).to.have.length(1);
    expect(findings.of(resource('a', 2))).to.equal(undefined);
    expect(findings.last(resource('a', 2))?.breaches).to.have.length(1);
    const other = { ...resource('a'), metadata: { ...resource('a').metadata, uid: 'another' } };
    expect(findings.last(other)).to.equal(undefined);
  });

  it('is no news when it is found again', () => {
    const findings = new Findings();
    findings.put(finding('a', [breach()]));
    const { changes } = findings;
    findings.put(finding('a', [breach()]));
    expect(findings.changes).to.equal(changes);
    findings.put(finding('a', []));
    expect(findings.changes).to.equal(changes + 1);
  });
});
