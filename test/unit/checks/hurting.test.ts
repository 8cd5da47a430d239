import { expect } from 'chai';
import type { FoundKey } from '../../../src/checks/input.ts';
import { certificatePem } from '../../support/certificate-pem.ts';
import { minimal, specWith, type KindName } from '../../support/manifests.ts';
import { denials, gateway, resource, warnings, type World } from './world.ts';

const now = new Date('2026-11-21T12:00:00Z');
const books = resource('RestApi', 'books', minimal.RestApi);
const on = (kind: KindName, path: string, value: unknown) =>
  resource(kind, 'under-test', specWith(kind, path, value));
const inSecret = (path: string, value: string): FoundKey => ({
  path,
  from: 'Secret',
  name: 'ca',
  key: 'ca.crt',
  optional: false,
  allowed: true,
  exists: true,
  value,
  keys: ['ca.crt'],
});

const certificate = (validity: { notBefore?: string; notAfter?: string }, world: World = {}) =>
  [
    resource('Certificate', 'ca', minimal.Certificate),
    { ...world, now, keys: [inSecret('certificate', certificatePem('ca', validity))] },
  ] as const;
const key = (path: string, value: unknown) =>
  [on('ApiKey', path, value), { now, resources: [books] }] as const;
const standing = (kind: KindName, spec: unknown) => ({
  ...resource(kind, 'under-test', spec),
  status: { gateways: [{ namespace: 'gateways', name: 'one', state: 'Programmed' }] },
});

describe('what would hurt later', () => {
  describe('is refused', () => {
    const cases: readonly [string, () => readonly string[], RegExp][] = [
      [
        'a certificate that has expired',
        () => denials(...certificate({ notAfter: '2026-11-20' })),
        /^spec.certificate: expired on 2026-11-20 \(key ca.crt of Secret ca\)$/,
      ],
      [
        'a certificate of the future',
        () => denials(...certificate({ notBefore: '2027-01-01' })),
        /^spec.certificate: is not valid before 2027-01-01/,
      ],
      [
        'a key whose end is past',
        () => denials(...key('expiresAt', '2026-11-21T11:00:00Z')),
        /^spec.expiresAt: lies in the past, got "2026-11-21T11:00:00Z"$/,
      ],
      [
        'a lifetime that no clock holds',
        () => denials(...key('expiresIn', { duration: 1_000_000_000, unit: 'days' })),
        /^spec.expiresIn: must be less than 292 years, got "1000000000 days"$/,
      ],
      [
        'an upstream that is a template',
        () => denials(on('RestApi', 'upstream.main.url', 'http://{{ printf "h" }}:80')),
        /^spec.upstream.main.url: must not be a template/,
      ],
      [
        'a limit of a plan that is taken away',
        () =>
          denials(resource('SubscriptionPlan', 'under-test', minimal.SubscriptionPlan), {
            old: standing('SubscriptionPlan', { ...minimal.SubscriptionPlan, billingPlan: 'gold' }),
          }),
        /^spec.billingPlan: can't be taken away again at the gateway; delete the resource/,
      ],
      [
        'a secret whose request is larger than generation 1 reads',
        () =>
          denials(on('Secret', 'value', '"'.repeat(10_000)), {
            gateways: [gateway('one', { generation: 'v1' })],
          }),
        /^spec.value: makes a request of 20\d{3} bytes, and 11264 are read/,
      ],
      [
        'the same from a Secret',
        () =>
          denials(on('Secret', 'value', { valueFrom: { name: 'ca', key: 'ca.crt' } }), {
            gateways: [gateway('one', { generation: 'v1' })],
            keys: [inSecret('value', '\n'.repeat(10_000))],
          }),
        /^spec.value: makes a request of 20\d{3} bytes.*\(key ca.crt of Secret ca\)/,
      ],
      [
        'a secret in clear, by setting',
        () => denials(resource('Secret', 't', minimal.Secret), { inlineSecrets: 'Deny' }),
        /^spec.value: holds a secret in clear/,
      ],
      [
        'a parent of a kind that has no keys',
        () => denials(on('ApiKey', 'parentRef.kind', 'Mcp'), { resources: [books] }),
        /^spec.parentRef.kind: is no kind that keys open: must be one of RestApi, LlmProvider, LlmProxy, WebSubApi, got "Mcp"$/,
      ],
    ];
    for (const [what, said, sentence] of cases) {
      it(what, () => {
        expect(said()).to.have.length(1);
        expect(said()[0]).to.match(sentence);
      });
    }
  });

  describe('is warned about', () => {
    const cases: readonly [string, () => readonly string[], RegExp][] = [
      [
        'a certificate that ends within thirty days',
        () => warnings(...certificate({ notAfter: '2026-12-20' })),
        /^spec.certificate: expires on 2026-12-20 \(key ca.crt of Secret ca\); renew it soon$/,
      ],
      [
        'a key that can be guessed',
        () =>
          warnings(on('ApiKey', 'apiKey', { valueFrom: { name: 'ca', key: 'ca.crt' } }), {
            resources: [books],
            keys: [inSecret('apiKey', 'short')],
          }),
        /^spec.apiKey: has fewer than 36 characters/,
      ],
      [
        'a key that is over at once',
        () => warnings(...key('expiresIn', { duration: 0, unit: 'days' })),
        /over at once/,
      ],
      [
        'credentials over plain HTTP',
        () =>
          warnings(
            on('LlmProvider', 'upstream', {
              url: 'http://vendor.example',
              auth: { type: 'api-key', header: 'X-Key', value: { valueFrom: { name: 'ca', key: 'ca.crt' } } },
            }),
            { keys: [inSecret('upstream.auth.value', 'v')] },
          ),
        /^spec.upstream.url: is plain HTTP, over which credentials are sent; use https$/,
      ],
      [
        'credentials in a plain URL',
        () => warnings(on('RestApi', 'upstream.main.url', 'http://user:word@backend')),
        /^spec.upstream.main.url: is plain HTTP/,
      ],
      [
        'a plan that nobody defines, with the one that was meant',
        () =>
          warnings(on('RestApi', 'subscriptionPlans', ['gould']), {
            resources: [resource('SubscriptionPlan', 'gold', { planName: 'gold' })],
          }),
        /^spec.subscriptionPlans\[0\]: refers to SubscriptionPlan gould, which does not exist in namespace shop; did you mean gold\?$/,
      ],
      [
        'a plan that is over',
        () => warnings(on('SubscriptionPlan', 'expiryTime', '2026-01-01T00:00:00Z'), { now }),
        /^spec.expiryTime: lies in the past/,
      ],
      [
        'a state that is not followed',
        () => warnings(on('WebSubApi', 'deploymentState', 'undeployed')),
        /^spec.deploymentState: is not followed by gateways for this kind, got "undeployed"/,
      ],
    ];
    for (const [what, said, sentence] of cases) {
      it(what, () => {
        expect(said()).to.have.length(1);
        expect(said()[0]).to.match(sentence);
      });
    }
  });

  it('is not said of a certificate that has long to go', () => {
    expect(warnings(...certificate({}))).to.deep.equal([]);
    expect(denials(...certificate({}))).to.deep.equal([]);
  });
});

describe('a word that nobody knows', () => {
  it('is answered with the one that was meant', () => {
    expect(denials(on('SubscriptionPlan', 'status', 'active'))).to.deep.equal([
      'spec.status: must be one of ACTIVE, INACTIVE, got "active"; did you mean ACTIVE?',
    ]);
    expect(denials(on('LlmProvider', 'template', 'opnai')).join()).to.contain('did you mean openai?');
    expect(
      denials(resource('ApiKey', 'key', { parentRef: { kind: 'RestApi', name: 'vendor' } }), {
        resources: [resource('LlmProvider', 'vendor', minimal.LlmProvider)],
      }).join(),
    ).to.contain('there is a LlmProvider of that name');
  });
});

describe('an edit of what was wrong before', () => {
  it('is refused where it touches the fault, though the words are the same', () => {
    const old = on('RestApi', 'displayName', 5);
    expect(denials(on('RestApi', 'displayName', 6), { old })).to.have.length(1);
    const elsewhere = { ...old, spec: { ...(old.spec as object), context: '/new' } };
    expect(denials(elsewhere, { old })).to.deep.equal([]);
  });

  it('is admitted where its certificate has expired since', () => {
    const [old, world] = certificate({ notAfter: '2026-11-20' });
    const edited = { ...old, spec: { ...minimal.Certificate, displayName: 'renamed' } };
    expect(denials(edited, { ...world, old })).to.deep.equal([]);
  });

  it('is refused where new labels bring it to a gateway that knows the fault', () => {
    const gateways = (['v0.9', 'v1'] as const).map((generation) =>
      gateway(generation.replace('.', ''), {
        generation,
        selector: { scope: 'LabelSelector', matchLabels: { generation } },
      }),
    );
    const spec = specWith('RestApi', 'resilience', { timeout: '5s' });
    const old = resource('RestApi', 'books', spec, { labels: { generation: 'v1' } });
    const moved = resource('RestApi', 'books', spec, { labels: { generation: 'v0.9' } });
    expect(denials(moved, { gateways, old }).join()).to.contain('spec.resilience: is known to gateways');
  });
});
