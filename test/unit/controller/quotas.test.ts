import { expect } from 'chai';
import { Quotas, usedBy } from '../../../controller/gateway/quotas.ts';
import { table } from '../../../src/kinds/table.ts';
import { markOf } from '../../../src/model/mark.ts';
import { forever } from '../gateway-client/connection.ts';
import { ManualClock } from '../manual-clock.ts';

const row = table.get('ApiKey');
const externalRefId = markOf({ cluster: 'c', kind: 'ApiKey', namespace: 'shop', name: 'a-key' });

describe('what counts against a quota', () => {
  const items = [
    { name: 'a', createdBy: 'us', externalRefId },
    { name: 'b', createdBy: 'us' },
    { name: 'c', createdBy: 'them' },
  ];

  it('is what the user of our credentials created', () => {
    expect(usedBy('us', row, items)).to.equal(2);
    expect(usedBy('nobody', row, items)).to.equal(0);
  });

  it('is what the creator of our own created, where credentials do not tell who we are', () => {
    expect(usedBy(undefined, row, items)).to.equal(2);
    expect(usedBy(undefined, row, items.slice(1))).to.equal(0);
  });

  it('is nothing for kinds that no gateway counts', () => {
    expect(usedBy('us', table.get('RestApi'), items)).to.equal(0);
  });
});

describe('a quota', () => {
  it('is what the APIGateway says, until the gateway shows that it allows fewer', () => {
    const quotas = new Quotas({ clock: new ManualClock() });
    expect(quotas.most('/a', 10)).to.equal(10);
    quotas.showed('/a', 3);
    expect(quotas.most('/a', 10)).to.equal(3);
    expect(quotas.most('/a', 2)).to.equal(2);
    expect(quotas.most('/b', 10)).to.equal(10);
  });

  it('that was shown is tried again after half an hour', async () => {
    const clock = new ManualClock();
    const quotas = new Quotas({ clock });
    quotas.showed('/a', 3);
    await clock.advance(29 * 60_000);
    expect(quotas.most('/a', 10)).to.equal(3);
    await clock.advance(2 * 60_000);
    expect(quotas.most('/a', 10)).to.equal(10);
  });

  it('is asked about by one at a time in a collection, also when one of them fails', async () => {
    const quotas = new Quotas({ clock: new ManualClock() });
    const told: string[] = [];
    const work = (name: string) =>
      quotas.inTurn('/a', forever, async () => {
        told.push(`${name} begins`);
        await Promise.resolve();
        told.push(`${name} ends`);
        if (name === 'one') throw new Error('it fails');
      });
    await Promise.allSettled([work('one'), work('two')]);
    expect(told).to.deep.equal(['one begins', 'one ends', 'two begins', 'two ends']);
  });
});
