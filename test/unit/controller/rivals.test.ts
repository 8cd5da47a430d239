import { expect } from 'chai';
import { lostTo } from '../../../controller/binding/rivals.ts';
import type { Cluster } from '../../../controller/cluster/cluster.ts';
import { asStored, type StoredGateway, type Subject } from '../../../controller/cluster/stored.ts';
import { Book } from '../../../controller/status/book.ts';
import { table } from '../../../src/kinds/table.ts';
import { artifactId } from '../../../src/model/annotations.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { minimal } from '../../support/manifests.ts';

const id = '11111111-2222-3333-4444-555555555555';
const gateway = { metadata: { namespace: 'gateways', name: 'main' } } as StoredGateway;

interface Contender {
  /** The year in which it was created. */
  readonly since: number;
  readonly holds?: boolean;
  readonly selected?: boolean;
  readonly deleting?: boolean;
}

/** What is said of the first of two that want the same: handle, artifact id, or title under two handles. */
function saidOf(
  same: 'handle' | 'artifact' | 'title',
  mine: Contender,
  theirs: Contender,
): string | undefined {
  const subject = (namespace: string, { since, holds = false, deleting = false }: Contender): Subject => ({
    row: table.get('RestApi'),
    resource: asStored({
      apiVersion: 'v1',
      kind: 'RestApi',
      metadata: {
        name: same === 'title' ? `books-of-${namespace}` : 'books',
        namespace,
        uid: namespace,
        creationTimestamp: `${since}-01-01T00:00:00Z`,
        ...(deleting ? { deletionTimestamp: '2030-01-01T00:00:00Z' } : {}),
        ...(same === 'artifact' ? { annotations: { [artifactId]: id } } : {}),
      },
      spec: minimal.RestApi,
      status: {
        gateways: holds ? [{ ...gateway.metadata, state: 'Programmed', fingerprint: 'f' }] : [],
      },
    }),
  });
  const [me, other] = [subject('mine', mine), subject('theirs', theirs)];
  const cluster = {
    rivals: () => ({ handle: [], artifact: [], [same === 'title' ? 'handle' : same]: [other] }),
    selects: (_: unknown, { metadata }: { metadata: { namespace: string } }) =>
      metadata.namespace === 'mine' || theirs.selected !== false,
  } as unknown as Cluster;
  return lostTo(me, gateway, { cluster, book: new Book({ clock: systemClock }) })?.reason;
}

describe('of two resources that want the same place', () => {
  const old = { since: 2020 };
  const young = { since: 2021 };
  for (const [same, reason] of [
    ['handle', 'HandleConflict'],
    ['artifact', 'ArtifactIdConflict'],
  ] as const) {
    describe(`by their ${same}`, () => {
      it('the older has it', () => {
        expect(saidOf(same, young, old)).to.equal(reason);
        expect(saidOf(same, old, young)).to.equal(undefined);
      });

      it('the younger keeps it where it stands there already', () => {
        expect(saidOf(same, old, { ...young, holds: true })).to.equal(reason);
        expect(saidOf(same, { ...young, holds: true }, old)).to.equal(undefined);
      });

      it('the older has it where both believe that they stand there', () => {
        expect(saidOf(same, { ...young, holds: true }, { ...old, holds: true })).to.equal(reason);
        expect(saidOf(same, { ...old, holds: true }, { ...young, holds: true })).to.equal(undefined);
      });

      it('whoever the gateway does not select, or who is going, has no claim', () => {
        expect(saidOf(same, young, { ...old, selected: false })).to.equal(undefined);
        expect(saidOf(same, young, { ...old, deleting: true })).to.equal(undefined);
      });
    });
  }

  it('an artifact id is free only when the gateway has let the other one go, as a write would replace that', () => {
    for (const going of [{ selected: false }, { deleting: true }]) {
      expect(saidOf('artifact', young, { ...old, ...going, holds: true })).to.equal('ArtifactIdConflict');
      expect(saidOf('artifact', old, { ...young, ...going, holds: true })).to.equal('ArtifactIdConflict');
      expect(saidOf('handle', young, { ...old, ...going, holds: true })).to.equal(undefined);
    }
  });

  it('a title is free only when the gateway has let the other one go, as a write would be refused', () => {
    for (const going of [{ selected: false }, { deleting: true }]) {
      expect(saidOf('title', young, { ...old, ...going, holds: true })).to.equal('HandleConflict');
      expect(saidOf('title', young, { ...old, ...going })).to.equal(undefined);
    }
  });
});
