import { expect } from 'chai';
import type { Stored } from '../../../../controller/cluster/stored.ts';
import { Book } from '../../../../controller/status/book.ts';
import { WhileUnchanged } from '../../../../controller/status/while-unchanged.ts';
import { ManualClock } from '../../manual-clock.ts';

const gateway = 'gw/main';
const resource = {
  kind: 'RestApi',
  metadata: { namespace: 'team', name: 'api', uid: 'u' },
  status: { gateways: [{ namespace: 'gw', name: 'main', state: 'Programmed' }] },
} as unknown as Stored;

describe('a count of everything', () => {
  const cluster = { changes: 0 };
  let book: Book;
  let counted: number;
  let states: WhileUnchanged<string | undefined>;
  const ask = (key = gateway) =>
    states.of(key, () => {
      counted += 1;
      return book.entry(resource, key)?.state;
    });

  beforeEach(() => {
    book = new Book({ clock: new ManualClock() });
    states = new WhileUnchanged({ cluster, book });
    counted = 0;
  });

  it('is made once for each key while nothing changes', () => {
    expect([ask(), ask(), ask('gw/other'), ask()]).to.deep.equal([
      'Programmed',
      'Programmed',
      undefined,
      'Programmed',
    ]);
    expect(counted).to.equal(2);
  });

  it('is made anew when an entry is put or forgotten', () => {
    ask();
    book.put(resource, gateway, { namespace: 'gw', name: 'main', state: 'Failing' });
    expect(ask()).to.equal('Failing');
    book.forget('u');
    expect(ask()).to.equal('Programmed');
  });

  it('is made anew when the cluster changes, or it is forgotten itself', () => {
    ask();
    cluster.changes += 1;
    ask();
    states.forget(gateway);
    ask();
    expect(counted).to.equal(3);
  });
});
