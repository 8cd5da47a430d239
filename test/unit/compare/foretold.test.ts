import { expect } from 'chai';
import { foresee } from '../../../src/compare/foresee.ts';
import { foretold } from '../../../src/compare/foretold.ts';
import { table } from '../../../src/kinds/table.ts';
import { annotation } from '../../../src/model/annotations.ts';
import type { Resource } from '../../../src/model/resource.ts';
import type { KnownGateway } from '../../../src/selection/gateways.ts';
import { minimal, specWith, type KindName } from '../../support/manifests.ts';
import { gateway } from '../checks/world.ts';

const edge = gateway('edge', { generation: 'v1' });
const inner = gateway('inner', { generation: 'v0.9' });

function stored(kind: KindName, spec: object, at: readonly KnownGateway[] = [edge], metadata = {}): Resource {
  const gateways = at.map(({ namespace, name }) => ({
    namespace,
    name,
    state: 'Programmed',
    fingerprint: 'f',
  }));
  return { kind, metadata: { name: 'x', namespace: 'shop', ...metadata }, spec, status: { gateways } };
}

interface Case {
  readonly says: string;
  readonly kind?: KindName;
  /** Undefined: nothing is stored yet. */
  readonly before?: object | undefined;
  /** Undefined: it is to be deleted. */
  readonly after?: object | undefined;
  readonly at?: readonly KnownGateway[];
  readonly selected?: readonly KnownGateway[];
  readonly metadata?: object;
  readonly lines: readonly string[];
}

const proxied = (auth: object) => ({ ...minimal.LlmProvider, upstream: { url: 'https://v.example', auth } });
const inline = (value: string) => proxied({ type: 'api-key', header: 'X-Key', value });
const named = (valueFrom: object) => proxied({ type: 'api-key', header: 'X-Key', value: { valueFrom } });
const withHeader = (value: string) => ({
  ...minimal.RestApi,
  policies: [
    {
      name: 'set-headers',
      version: 'v1',
      params: { request: { headers: [{ name: 'Authorization', value }] } },
    },
  ],
});

const cases: readonly Case[] = [
  {
    says: 'creates what is new',
    before: undefined,
    lines: ['gateway gateways/edge: would create RestApi shop/x'],
  },
  { says: 'says nothing of what stays', before: minimal.RestApi, lines: [] },
  {
    says: 'names a field with what it was and what it is to be',
    before: minimal.RestApi,
    after: specWith('RestApi', 'context', '/films'),
    lines: ['gateway gateways/edge: would change spec.context from "/books" to "/films"'],
  },
  {
    says: 'creates it at a gateway that did not take it, and removes it from one that takes it no more',
    before: minimal.RestApi,
    at: [inner],
    lines: [
      'gateway gateways/edge: would create RestApi shop/x',
      'gateway gateways/inner: would remove RestApi shop/x',
    ],
  },
  {
    says: 'removes what is deleted',
    before: minimal.RestApi,
    after: undefined,
    lines: ['gateway gateways/edge: would remove RestApi shop/x'],
  },
  {
    says: 'leaves there what is deleted and to be orphaned',
    before: minimal.RestApi,
    after: undefined,
    metadata: { annotations: { [annotation.deletionPolicy]: 'Orphan' } },
    lines: ['gateway gateways/edge: would leave RestApi shop/x there'],
  },
  {
    says: 'says what keeps a change from happening',
    before: minimal.RestApi,
    after: specWith('RestApi', 'context', '/films'),
    metadata: { annotations: { [annotation.reconcile]: 'Paused' } },
    lines: [
      'gateway gateways/edge: would change spec.context from "/books" to "/films", but the annotation reconcile says Paused',
    ],
  },
  {
    says: 'shows of a list what comes and what goes',
    before: minimal.RestApi,
    after: specWith('RestApi', 'operations', [
      ...minimal.RestApi.operations,
      { method: 'PUT', path: '/books' },
    ]),
    lines: [
      'gateway gateways/edge: would change spec.operations from 1 to 2 entries: + {"method":"PUT","path":"/books"}',
    ],
  },
  {
    says: 'says nothing of a field that the gateway drops',
    at: [inner],
    selected: [inner],
    before: minimal.RestApi,
    after: { ...minimal.RestApi, resilience: { timeout: '5s' } },
    lines: [],
  },
  {
    says: 'says that a gateway has no place for it',
    kind: 'WebSubApi',
    before: undefined,
    after: minimal.WebSubApi,
    lines: [
      'gateway gateways/edge: would not take it: it speaks management API v1, which has no websub-apis',
    ],
  },
  {
    says: 'never shows a secret that is written into the spec',
    kind: 'LlmProvider',
    before: inline('old-secret'),
    after: inline('new-secret'),
    lines: ['gateway gateways/edge: would change spec.upstream.auth.value (sensitive value changes)'],
  },
  {
    says: 'takes the spellings of one place for the same',
    kind: 'LlmProvider',
    before: named({ name: 'keys', key: 'a' }),
    after: named({ secretKeyRef: { name: 'keys', key: 'a' } }),
    lines: [],
  },
  {
    says: 'names the Secret from which a value is to come',
    kind: 'LlmProvider',
    before: inline('old-secret'),
    after: named({ name: 'keys', key: 'a' }),
    lines: [
      'gateway gateways/edge: would change spec.upstream.auth.value from "(sensitive value)" to {"valueFrom":{"name":"keys","key":"a"}}',
    ],
  },
  {
    says: 'hides what is called like a secret in a policy’s parameters',
    before: withHeader('Bearer old'),
    after: withHeader('Bearer new'),
    lines: [
      'gateway gateways/edge: would change spec.policies[0].params.request.headers[0].value (sensitive value changes)',
    ],
  },
  {
    says: 'hides the credentials inside an address',
    before: specWith('RestApi', 'upstream.main.url', 'http://ada:old-secret@a'),
    after: specWith('RestApi', 'upstream.main.url', 'http://ada:old-secret@b'),
    lines: [
      'gateway gateways/edge: would change spec.upstream.main.url from "http://(sensitive value)@a" to "http://(sensitive value)@b"',
    ],
  },
  {
    says: 'says that a certificate is made anew',
    kind: 'Certificate',
    before: { displayName: 'ca', certificate: { valueFrom: { name: 'ca', key: 'one' } } },
    after: { displayName: 'ca', certificate: { valueFrom: { name: 'ca', key: 'two' } } },
    lines: [
      'gateway gateways/edge: would delete what stands there and create it anew',
      'gateway gateways/edge: would change spec.certificate from {"valueFrom":{"name":"ca","key":"one"}} to {"valueFrom":{"name":"ca","key":"two"}}',
    ],
  },
  {
    says: 'says nothing of a name that the gateway never sees',
    kind: 'Certificate',
    before: { displayName: 'ca', certificate: { valueFrom: { name: 'ca', key: 'one' } } },
    after: { displayName: 'CA', certificate: { valueFrom: { name: 'ca', key: 'one' } } },
    lines: [],
  },
  {
    says: 'says that a field can not be changed there',
    kind: 'Subscription',
    before: minimal.Subscription,
    after: { ...minimal.Subscription, apiId: 'films' },
    lines: [
      'gateway gateways/edge: would not take it: spec.apiId can\'t be changed there without gateway.api-platform.wso2.com/allow-recreate: "true"',
    ],
  },
  {
    says: 'makes anew what can not be changed, where that is allowed',
    kind: 'Subscription',
    before: minimal.Subscription,
    after: { ...minimal.Subscription, apiId: 'films' },
    metadata: { annotations: { [annotation.allowRecreate]: 'true' } },
    lines: [
      'gateway gateways/edge: would delete what stands there and create it anew',
      'gateway gateways/edge: would change spec.apiId from "books" to "films"',
    ],
  },
  {
    says: 'changes a field that can be changed of a kind that is fixed else',
    kind: 'Subscription',
    before: minimal.Subscription,
    after: { ...minimal.Subscription, status: 'REVOKED' },
    lines: ['gateway gateways/edge: would set spec.status to "REVOKED"'],
  },
];

describe('what a change in Kubernetes leads to at the gateways', () => {
  for (const { says, kind = 'RestApi', at, selected = [edge], metadata, lines, ...one } of cases) {
    it(says, () => {
      const old = one.before === undefined ? undefined : stored(kind, one.before, at, metadata);
      const spec = 'after' in one ? one.after : (one.before ?? minimal[kind]);
      const object = spec && { ...stored(kind, spec, [], metadata), status: undefined };
      const foreseen = foresee({
        row: table.get(kind),
        object,
        old,
        namespace: undefined,
        selected: object === undefined ? [] : selected,
        gateways: [edge, inner],
        isSound: () => true,
      });
      expect(foretold(object ?? old!, foreseen)).to.deep.equal(lines);
    });
  }

  it('compares values, not places, where it knows them', () => {
    const [before, after] = [named({ name: 'keys', key: 'a' }), named({ name: 'keys', key: 'b' })];
    const told = (value: string) => {
      const old = stored('LlmProvider', before);
      const [row, isSound] = [table.get('LlmProvider'), () => true];
      const common = { row, old, namespace: undefined, selected: [edge], gateways: [edge], isSound };
      const object = { ...old, spec: after };
      return foretold(
        object,
        foresee({ ...common, object, valueBefore: () => 'one', valueAfter: () => value }),
      );
    };
    expect(told('one')).to.deep.equal([]);
    expect(told('other').join()).to.contain('spec.upstream.auth.value').and.not.to.contain('other');
  });

  it('counts what would fill the screen', () => {
    const many = Array.from({ length: 7 }, (_, index) => gateway(`g${index}`));
    const object = stored('RestApi', minimal.RestApi, []);
    const asked = { row: table.get('RestApi'), object, old: undefined, namespace: undefined };
    const foreseen = foresee({ ...asked, selected: many, gateways: many, isSound: () => true });
    expect(foretold(object, foreseen)).to.have.length(6).and.to.include('and 2 more gateways');
  });
});
