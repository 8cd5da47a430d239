import { expect } from 'chai';
import type { Cluster } from '../../../../controller/cluster/cluster.ts';
import type { Stored, StoredGateway, Subject } from '../../../../controller/cluster/stored.ts';
import { Removals } from '../../../../controller/removals/removals.ts';
import { Book } from '../../../../controller/status/book.ts';
import { restApi } from '../../../../src/kinds/rest-api.ts';
import { annotation } from '../../../../src/model/annotations.ts';
import { ManualClock } from '../../manual-clock.ts';

const key = 'gw/main';

/** What the API server shows to everybody: a gateway that takes nothing any more of what it holds. */
function world(count: number) {
  const clock = new ManualClock();
  const standing = [{ namespace: 'gw', name: 'main', state: 'Programmed', fingerprint: 'f' }];
  const resources = new Map(
    Array.from({ length: count }, (_, index) => {
      const metadata = { namespace: `team-${index % 2}`, name: `api-${index}`, uid: String(index) };
      return [index, { kind: 'RestApi', metadata, status: { gateways: standing } } as unknown as Stored];
    }),
  );
  let gateway = { metadata: { namespace: 'gw', name: 'main' } } as StoredGateway;
  let changes = 0;
  const cluster = {
    get changes() {
      return changes;
    },
    all: () => [...resources.values()].map((resource): Subject => ({ row: restApi, resource })),
    selects: () => false,
    namespace: () => undefined,
  } as unknown as Cluster;
  /** One that has a half of the namespaces, and maybe the gateway itself. */
  const replica = (hasGateway: boolean) => {
    const book = new Book({ clock });
    const shares = { holds: (of: string) => hasGateway && of === key };
    const removals = new Removals({ maxRemovalPercent: 20 }, { cluster, book, clock, shares });
    return {
      removals,
      verdict: () => removals.verdict(gateway),
      figures: () => removals.figures(gateway),
      used: () => removals.figures(gateway).released?.used,
      remove: (index: number) => {
        expect(removals.verdict(gateway)).not.to.equal('held');
        removals.removed(gateway, resources.get(index));
        book.put(resources.get(index)!, key, undefined);
      },
      takeOver: () => removals.takeOver(gateway),
    };
  };
  const one = replica(true);
  const other = replica(false);
  return {
    one,
    other,
    clock,
    /** The status shows at last that it is gone. */
    show: (index: number) => {
      const after = { ...resources.get(index)!, status: { gateways: [] } } as unknown as Stored;
      resources.set(index, after);
      changes += 1;
      for (const { removals } of [one, other]) removals.seenToGo(gateway, after);
    },
    allow: (number: number | undefined) => {
      const annotations = number === undefined ? {} : { [annotation.allowRemoval]: String(number) };
      gateway = { ...gateway, metadata: { ...gateway.metadata, annotations } };
    },
    tell: (removals: object) => {
      gateway = { ...gateway, status: { removals } };
    },
    late: () => replica(false),
  };
}

describe('removals at one gateway by several replicas', () => {
  it('are held by each of them, however few are its own', () => {
    const { one, other } = world(12);
    expect([one.verdict(), other.verdict()]).to.deep.equal(['held', 'held']);
  });

  it('use up a release together, while statuses lag behind', () => {
    const { one, other, show, allow } = world(12);
    allow(12);
    for (const index of [0, 2, 4]) one.remove(index);
    for (const index of [1, 3, 5]) other.remove(index);
    expect([one.verdict(), other.verdict()]).to.deep.equal(['released', 'released']);
    for (const index of [0, 1, 2, 3, 4, 5]) show(index);
    expect([one.used(), other.used()]).to.deep.equal([6, 6]);
    for (const index of [6, 8, 10]) one.remove(index);
    for (const index of [7, 9, 11]) other.remove(index);
    for (const index of [6, 7, 8, 9, 10, 11]) show(index);
    expect([one.used(), other.used()]).to.deep.equal([12, 12]);
  });

  it('are counted by everybody as what has just gone, once the statuses show it', () => {
    const { one, other, show } = world(10);
    for (const index of [0, 2, 4]) one.remove(index);
    expect(other.figures()).to.include({ holds: 10, going: 10, gone: 0 });
    for (const index of [0, 2, 4]) show(index);
    expect(other.figures()).to.include({ holds: 7, going: 7, gone: 3 });
    expect(one.figures()).to.include({ holds: 7, going: 7, gone: 3 });
  });

  it('are not released for one who came late by more than the status says', () => {
    const { late, allow, tell } = world(12);
    allow(60);
    const newcomer = late();
    expect(newcomer.verdict()).to.equal('released');
    tell({ held: 0, allowed: 60, used: 55 });
    expect(newcomer.verdict()).to.equal('held');
  });

  it('are released anew by a number that was taken away, for the one who writes it down', () => {
    const { one, other, allow, tell } = world(12);
    tell({ held: 0, allowed: 12, used: 12 });
    for (const number of [12, undefined, 12]) {
      allow(number);
      one.verdict();
      other.verdict();
    }
    expect([one.verdict(), other.verdict()]).to.deep.equal(['released', 'held']);
    tell({ held: 0, allowed: 12, used: 0 });
    expect(other.verdict()).to.equal('released');
  });

  it('are counted on by whoever takes the gateway over, from all that is known', () => {
    const { other, allow, tell } = world(12);
    allow(60);
    other.verdict();
    tell({ held: 0, allowed: 60, used: 40 });
    other.takeOver();
    expect(other.used()).to.equal(40);
  });

  it('stay held while the status says so, however long ago some of them went', async () => {
    const { other, clock, show, tell } = world(30);
    for (const index of [0, 1, 2]) show(index);
    tell({ held: 27 });
    await clock.advance(11 * 60_000);
    expect(other.figures().gone).to.equal(3);
  });
});
