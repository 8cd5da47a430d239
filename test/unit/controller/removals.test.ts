import { expect } from 'chai';
import { allowanceOf, leftOf } from '../../../controller/removals/allowance.ts';
import { verdictOn, type RemovalPicture, type Verdict } from '../../../controller/removals/limit.ts';
import { removalHeld, removalStatusOf } from '../../../controller/removals/status.ts';

const nothing: RemovalPicture = { holds: 100, going: 0, gone: 0, allowance: 0 };

describe('whether what a gateway would lose may go', () => {
  const cases: readonly (readonly [says: string, Partial<RemovalPicture>, Verdict])[] = [
    ['yes, where it is nothing', {}, 'free'],
    ['yes, where it is a fifth', { going: 20 }, 'free'],
    ['no, where it is more than a fifth', { going: 21 }, 'held'],
    ['yes, where it is all of little', { holds: 10, going: 10 }, 'free'],
    ['no, where it is all of a little more', { holds: 11, going: 11 }, 'held'],
    [
      'no, where it comes to more together with what has just gone',
      { holds: 85, going: 6, gone: 15 },
      'held',
    ],
    [
      'yes, where it comes to no more together with what has just gone',
      { holds: 85, going: 5, gone: 15 },
      'free',
    ],
    ['yes, where somebody released so many', { going: 60, allowance: 60 }, 'released'],
    ['yes, where somebody released more', { going: 60, allowance: 100 }, 'released'],
    ['no, where somebody released fewer', { going: 60, allowance: 59 }, 'held'],
  ];
  for (const [says, change, verdict] of cases)
    it(says, () => {
      expect(verdictOn({ ...nothing, ...change }, 20)).to.equal(verdict);
    });

  it('yes to the last, once yes was said to the first of a release', () => {
    const verdicts = new Set<Verdict>();
    let allowance = allowanceOf('60', undefined)!;
    for (let left = 60; left > 0; left -= 1) {
      verdicts.add(verdictOn({ holds: left + 40, going: left, gone: 0, allowance: leftOf(allowance) }, 20));
      allowance = { ...allowance, used: allowance.used + 1 };
    }
    expect([...verdicts]).to.deep.equal(['released']);
  });

  it('yes to the last, once yes was said to the first of few', () => {
    const verdicts = new Set<Verdict>();
    for (let left = 20; left > 0; left -= 1)
      verdicts.add(verdictOn({ holds: 80 + left, going: left, gone: 20 - left, allowance: 0 }, 20));
    expect([...verdicts]).to.deep.equal(['free']);
  });

  it('is asked by the share that the installation sets', () => {
    expect(verdictOn({ ...nothing, going: 50 }, 50)).to.equal('free');
    expect(verdictOn({ ...nothing, going: 11 }, 0)).to.equal('held');
    expect(verdictOn({ ...nothing, going: 100 }, 100)).to.equal('free');
  });
});

describe('the number in the annotation allow-removal', () => {
  it('is what is left of it, and goes on counting while it stands', () => {
    expect(leftOf(allowanceOf('60', { allowed: 60, used: 25 }))).to.equal(35);
  });

  it('is a new release where it is another, or stands there again', () => {
    expect(leftOf(allowanceOf('30', { allowed: 60, used: 60 }))).to.equal(30);
    expect(leftOf(allowanceOf('60', undefined))).to.equal(60);
  });

  it('is nothing where there is none, or what is there is no number', () => {
    for (const text of [undefined, '', 'all', '-1', '1.5', '60 ', '1e3'])
      expect(allowanceOf(text, { allowed: 60, used: 0 }), text).to.equal(undefined);
    expect(leftOf(undefined)).to.equal(0);
  });
});

describe('what the status of an APIGateway says of removals', () => {
  const held = { ...nothing, going: 60, isHeld: true, maxPercent: 20, released: undefined };

  it('is how many are held, of how many, and the way out', () => {
    const { status, message } = removalHeld(held);
    expect(status).to.equal('True');
    expect(message)
      .to.contain('60 of the 100')
      .and.to.contain('20 %')
      .and.to.contain('gateway.api-platform.wso2.com/allow-removal: "60"');
    expect(removalStatusOf(held)).to.deep.equal({ removals: { held: 60 } });
  });

  it('is why the annotation that stands there releases nothing', () => {
    expect(removalHeld({ ...held, released: { allowed: 20, used: 0 } }).message).to.contain(
      '"20", which is too few',
    );
    const used = removalHeld({ ...held, released: { allowed: 60, used: 60 } }).message;
    expect(used).to.contain('"60", of which 60 are used up');
  });

  it('is that none is held, and what was used of a release', () => {
    const free = { ...held, going: 0, isHeld: false, released: { allowed: 60, used: 60 } };
    expect(removalHeld(free).status).to.equal('False');
    expect(removalStatusOf(free)).to.deep.equal({ removals: { held: 0, allowed: 60, used: 60 } });
  });
});
