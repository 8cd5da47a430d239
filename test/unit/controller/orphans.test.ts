import { expect } from 'chai';
import { belongingOf, type Belonging } from '../../../controller/orphans/census.ts';
import type { Entry } from '../../../controller/orphans/entry.ts';
import { Rotation } from '../../../controller/orphans/rotation.ts';
import { Sightings } from '../../../controller/orphans/sightings.ts';
import { userOf } from '../../../controller/orphans/users.ts';
import { table } from '../../../src/kinds/table.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import type { Owner } from '../../../src/model/mark.ts';
import { minimal, type KindName } from '../../support/manifests.ts';

const here = 'the-uid-of-kube-system';

const entry = (
  kind: KindName,
  id: string,
  change: Partial<Entry> & { readonly spec?: object } = {},
): Entry => ({
  place: { row: table.get(kind) },
  id,
  item: () => ({ metadata: { name: id }, spec: { ...minimal[kind], ...change.spec } }),
  owner: undefined,
  ...change,
});
const owner = (kind: string, name: string, change: Partial<Owner> = {}): Owner => ({
  cluster: here,
  kind,
  namespace: 'shop',
  name,
  ...change,
});

describe('whose something at a gateway is', () => {
  const cases: readonly {
    readonly says: string;
    readonly entry: Entry;
    readonly is: Belonging;
    readonly claimed?: boolean;
    readonly resource?: boolean;
    readonly left?: boolean;
    readonly seen?: boolean;
  }[] = [
    {
      says: 'ours where a status claims it, marked or not',
      entry: entry('RestApi', 'a'),
      claimed: true,
      is: 'ours',
    },
    { says: "nobody's where it bears no mark", entry: entry('RestApi', 'a'), is: 'unmanaged' },
    {
      says: "the gateway's own where it ships with it",
      entry: entry('LlmProviderTemplate', 'openai'),
      is: 'builtIn',
    },
    {
      says: 'orphaned where it bears our mark without a resource',
      entry: entry('RestApi', 'a', { owner: owner('RestApi', 'a') }),
      is: 'orphaned',
    },
    {
      says: 'ours where the resource that the mark names exists',
      entry: entry('RestApi', 'a', { owner: owner('RestApi', 'a') }),
      resource: true,
      is: 'ours',
    },
    {
      says: "nobody's where it was left there on purpose",
      entry: entry('RestApi', 'a', { owner: owner('RestApi', 'a') }),
      left: true,
      is: 'unmanaged',
    },
    {
      says: "nobody's where the mark is of another cluster",
      entry: entry('RestApi', 'a', { owner: owner('RestApi', 'a', { cluster: 'another' }) }),
      is: 'unmanaged',
    },
    {
      says: "nobody's where a mark was copied to another handle",
      entry: entry('RestApi', 'b', { owner: owner('RestApi', 'a') }),
      is: 'unmanaged',
    },
    {
      says: "nobody's where a mark was copied into another collection",
      entry: entry('Mcp', 'a', { owner: owner('RestApi', 'a') }),
      is: 'unmanaged',
    },
    {
      says: "nobody's where the mark names what no resource can be called",
      entry: entry('RestApi', 'a', { owner: owner('RestApi', 'a', { namespace: '..' }) }),
      is: 'unmanaged',
    },
    {
      says: "nobody's where nobody sees what is in the namespace that the mark names",
      entry: entry('RestApi', 'a', { owner: owner('RestApi', 'a') }),
      seen: false,
      is: 'unmanaged',
    },
    {
      says: 'orphaned under the second name of its kind as well',
      entry: entry('Secret', 'a', { owner: owner('ManagedSecret', 'a') }),
      is: 'orphaned',
    },
  ];
  for (const { says, is, claimed = false, resource = false, left = false, seen = true, ...given } of cases)
    it(`is ${says}`, () => {
      const view = {
        cluster: here,
        table,
        isClaimed: () => claimed,
        hasResource: () => resource,
        wasLeft: () => left,
        sees: () => seen,
      };
      expect(belongingOf(given.entry, view)).to.equal(is);
    });

  it('is told of a certificate by the digest in its name, among the namespaces that there are', () => {
    const row = table.get('Certificate');
    const { identity } = row;
    if (identity.is !== 'assigned') throw new Error('certificates have ids that gateways assign');
    const mark = `portcullis/${here}/Certificate/shop/ca.internal`;
    const name = identity.key({ spec: { displayName: 'ca', certificate: 'x' }, mark, name: 'ca.internal' });
    const of = (namespaces: readonly string[]) =>
      row.ownerAmong?.({ id: '1', name }, { cluster: here, namespaces });
    expect(of(['bank', 'shop'])).to.deep.equal(owner('Certificate', 'ca.internal'));
    expect(of(['bank'])).to.equal(undefined);
    expect(row.ownerAmong?.({ id: '1', name: 'ca' }, { cluster: here, namespaces: ['shop'] })).to.equal(
      undefined,
    );
  });
});

describe('the sightings of what may be an orphan', () => {
  const everywhere = () => true;
  const seen = (...keys: readonly string[]) => new Map(keys.map((key) => [key, '/here']));

  it('are enough when there are two without a break', () => {
    const sightings = new Sightings();
    expect([...sightings.note(seen('a'), everywhere)]).to.deep.equal([]);
    expect([...sightings.note(seen('a', 'b'), everywhere)]).to.deep.equal(['a']);
    expect([...sightings.note(seen('a', 'b'), everywhere)]).to.deep.equal(['a', 'b']);
  });

  it('begin anew where it was not seen in between', () => {
    const sightings = new Sightings();
    sightings.note(seen('a'), everywhere);
    sightings.note(seen(), everywhere);
    expect([...sightings.note(seen('a'), everywhere)]).to.deep.equal([]);
  });

  it('are kept where nobody looked in between', () => {
    const sightings = new Sightings();
    sightings.note(seen('a'), everywhere);
    sightings.note(seen(), () => false);
    expect([...sightings.note(seen('a'), everywhere)]).to.deep.equal(['a']);
  });
});

describe('the turn of parents without resources', () => {
  it('comes for each of them, however many there are', () => {
    const rotation = new Rotation();
    const turns = [0, 1, 2].map(() => rotation.next(['a', 'b', 'c', 'd', 'e'], 2));
    expect(turns).to.deep.equal([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'a'],
    ]);
  });

  it('comes once each time where all have room', () => {
    expect(new Rotation().next(['b', 'a'], 5)).to.deep.equal(['a', 'b']);
  });
});

describe('what at a gateway needs something', () => {
  const view = { table, schemas: new SchemaCheck() };
  const vendor = entry('LlmProvider', 'vendor');
  const cases: readonly (readonly [says: string, item: Entry, user: Entry | undefined])[] = [
    ['is what refers to it by a field', vendor, entry('LlmProxy', 'assistant')],
    [
      'is what stands below it',
      entry('RestApi', 'books'),
      entry('ApiKey', 'k', { place: { row: table.get('ApiKey'), parent: '/rest-apis/books' } }),
    ],
    [
      'is what names it in a template, under either name of its kind',
      entry('ManagedSecret', 'token'),
      entry('Mcp', 'm', { spec: { upstream: { url: 'http://h/{{ secret "token" }}' } } }),
    ],
    [
      'is what can not be read and has its name somewhere',
      vendor,
      entry('LlmProxy', 'odd', { spec: { provider: 7, other: ['vendor'] } }),
    ],
  ];
  for (const [says, item, user] of cases)
    it(says, () => {
      expect(user === undefined ? undefined : userOf(item, [item, user], view)).to.equal(user);
    });

  it('is nothing that only looks like it', () => {
    const others = [
      vendor,
      entry('LlmProvider', 'vendor-2', { spec: { displayName: 'vendor' } }),
      entry('Secret', 's', { spec: { displayName: 'vendor' } }),
      entry('LlmProxy', 'p', { spec: { provider: { id: 'another' } } }),
      entry('ApiKey', 'k', { place: { row: table.get('ApiKey'), parent: '/llm-providers/another' } }),
    ];
    expect(userOf(vendor, others, view)).to.equal(undefined);
  });
});
