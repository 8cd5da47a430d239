import { expect } from 'chai';
import type { FoundKey } from '../../../src/checks/input.ts';
import { artifactId } from '../../../src/model/annotations.ts';
import { minimal, specWith, type KindName } from '../../support/manifests.ts';
import { denials, gateway, resource, warnings } from './world.ts';

const books = resource('RestApi', 'books', minimal.RestApi);
const everything = [books, resource('LlmProvider', 'vendor', minimal.LlmProvider)];

const found = (more: Partial<FoundKey> = {}): FoundKey => ({
  path: 'value',
  from: 'Secret',
  name: 'creds',
  key: 'token',
  optional: false,
  allowed: true,
  exists: true,
  value: 'abc',
  keys: ['token'],
  ...more,
});

describe('the admission checks', () => {
  describe('take the smallest spec', () => {
    for (const kind of Object.keys(minimal) as KindName[]) {
      it(`of ${kind}`, () => {
        const keys = kind === 'Certificate' ? [] : [found()];
        expect(
          denials(resource(kind, 'under-test', minimal[kind]), {
            resources: everything.filter((held) => held.kind !== kind),
            keys,
          }),
        ).to.deep.equal([]);
      });
    }
  });

  it('name every fault at once', () => {
    const spec = {
      ...specWith('RestApi', 'version', '1.x'),
      context: 'books/',
      operations: [{ method: 'FETCH', path: 'books' }],
    };
    expect(denials(resource('RestApi', 'books', spec))).to.deep.equal([
      'spec.version: must match "^v?\\\\d+(\\\\.\\\\d+)?(\\\\.\\\\d+)?$", got "1.x"',
      'spec.context: must match "^/(.*[^/])?$", got "books/"',
      'spec.operations[0].method: must be one of GET, POST, PUT, DELETE, PATCH, HEAD, OPTIONS, got "FETCH"',
      'spec.operations[0].path: must start with /, got "books"',
    ]);
    const rules = {
      ...specWith('RestApi', 'operations[0].method', 'FETCH'),
      upstream: { main: { url: 'backend:80' } },
    };
    expect(denials(resource('RestApi', 'books', rules))).to.have.length(2);
  });

  describe('refuse', () => {
    const other = (kind: KindName, name: string, spec: unknown, namespace = 'other') =>
      resource(kind, name, spec, { namespace });
    const cases: readonly [string, () => readonly string[], RegExp][] = [
      [
        'an absent parent',
        () => denials(resource('ApiKey', 'key', minimal.ApiKey)),
        /spec.parentRef: refers to RestApi books, which does not exist in namespace shop/,
      ],
      [
        'a parent that is being deleted',
        () =>
          denials(resource('ApiKey', 'key', minimal.ApiKey), {
            resources: [resource('RestApi', 'books', minimal.RestApi, { deletionTimestamp: 'now' })],
          }),
        /spec.parentRef: refers to RestApi books, which is being deleted; wait until it is gone/,
      ],
      [
        'an absent provider, naming those that there are',
        () =>
          denials(resource('LlmProxy', 'p', minimal.LlmProxy), {
            resources: [resource('LlmProvider', 'other', minimal.LlmProvider)],
          }),
        /there is other/,
      ],
      [
        'an absent template that no gateway ships with',
        () => denials(resource('LlmProvider', 'v', specWith('LlmProvider', 'template', 'mine'))),
        /LlmProviderTemplate mine/,
      ],
      [
        'an absent secret of an expression',
        () =>
          denials(
            resource('RestApi', 'books', specWith('RestApi', 'policies', [{ name: '{{ secret "host" }}' }])),
          ),
        /Secret or ManagedSecret host/,
      ],
      [
        'a function that reads the environment',
        () =>
          denials(
            resource('RestApi', 'books', specWith('RestApi', 'policies', [{ name: '{{ env "HOST" }}' }])),
          ),
        /calls env/,
      ],
      [
        'a handle that another namespace has',
        () =>
          denials(books, {
            resources: [other('RestApi', 'books', specWith('RestApi', 'displayName', 'Other'))],
          }),
        /metadata.name: is taken on gateway gateways\/one by RestApi other\/books/,
      ],
      [
        'a handle that the other kind of secrets has',
        () =>
          denials(resource('Secret', 't', minimal.Secret), {
            resources: [other('ManagedSecret', 't', minimal.ManagedSecret)],
          }),
        /ManagedSecret other\/t/,
      ],
      [
        'a display name and version that are taken',
        () => denials(books, { resources: [other('RestApi', 'books-2', minimal.RestApi)] }),
        /display name and version of RestApi other\/books-2/,
      ],
      [
        "another API's artifact id",
        () => {
          const id = '019d953f-d386-7a64-4444-1869a28292e0';
          const mine = resource('RestApi', 'a', minimal.RestApi, { annotations: { [artifactId]: id } });
          const theirs = resource('Mcp', 'b', minimal.Mcp, {
            namespace: 'other',
            annotations: { [artifactId]: id },
          });
          return denials(mine, { resources: [theirs] });
        },
        /belongs to Mcp other\/b/,
      ],
      [
        'an upstream that is not defined',
        () => denials(resource('RestApi', 'a', specWith('RestApi', 'upstream.main', { ref: 'b' }))),
        /names no upstream definition/,
      ],
      [
        'a full policy version',
        () =>
          denials(
            resource('RestApi', 'a', specWith('RestApi', 'policies', [{ name: 'cors', version: 'v1.0.1' }])),
          ),
        /must be a major version alone, got "v1.0.1"; write v1/,
      ],
      [
        'a Secret that the user may not read, and say nothing else of it',
        () =>
          denials(resource('Secret', 't', minimal.ManagedSecret), {
            keys: [found({ allowed: false, exists: false, value: undefined })],
          }),
        /^spec.value: names Secret creds, which you may not read[^]*$/,
      ],
      [
        'an absent Secret',
        () =>
          denials(resource('Secret', 't', minimal.ManagedSecret), {
            keys: [found({ exists: false, value: undefined })],
          }),
        /names Secret shop\/creds, which does not exist/,
      ],
      [
        'an absent key, naming those that there are',
        () =>
          denials(resource('Secret', 't', minimal.ManagedSecret), {
            keys: [found({ value: undefined, keys: ['a', 'b'] })],
          }),
        /no such key; it has a, b/,
      ],
      [
        'an empty key',
        () => denials(resource('Secret', 't', minimal.ManagedSecret), { keys: [found({ value: '' })] }),
        /which is empty/,
      ],
      [
        'a Secret whose value is no certificate',
        () =>
          denials(resource('Certificate', 'c', minimal.Certificate), {
            keys: [found({ path: 'certificate', value: 'no pem' })],
          }),
        /has no PEM certificate/,
      ],
      [
        'a private key beside a certificate',
        () =>
          denials(
            resource('Certificate', 'c', {
              displayName: 'c',
              certificate: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
            }),
          ),
        /contains a private key/,
      ],
      [
        'a change of what a gateway can not change',
        () => {
          const old = {
            ...resource('ApiKey', 'key', specWith('ApiKey', 'parentRef.name', 'old')),
            status: { gateways: [{ namespace: 'g', name: 'g', state: 'Programmed' }] },
          };
          return denials(resource('ApiKey', 'key', minimal.ApiKey), { old, resources: [books] });
        },
        /spec.parentRef: can't be changed/,
      ],
      [
        'a kind that the selected gateway does not serve',
        () =>
          denials(resource('WebSubApi', 'w', minimal.WebSubApi), {
            gateways: [gateway('one', { generation: 'v1' })],
          }),
        /kind: is not served everywhere; gateway gateways\/one speaks v1/,
      ],
      [
        'a field that the selected gateway would drop',
        () => denials(resource('RestApi', 'a', specWith('RestApi', 'resilience', { timeout: '5s' }))),
        /spec.resilience: is known to gateways of generation v1 only/,
      ],
    ];
    for (const [what, said, sentence] of cases) {
      it(what, () => {
        expect(said()).to.have.length(1);
        expect(said()[0]).to.match(sentence);
      });
    }
  });

  describe('only warn of', () => {
    const cases: readonly [string, () => readonly string[], RegExp][] = [
      [
        'a route that another API answers too',
        () => warnings(books, { resources: [resource('Mcp', 'm', specWith('Mcp', 'context', '/books'))] }),
        /is answered by Mcp shop\/m/,
      ],
      [
        'a resource that no gateway selects, naming what they want',
        () => {
          const selector = { scope: 'LabelSelector', matchLabels: { gateway: 'edge' } } as const;
          return warnings(books, { gateways: [gateway('one', { selector })] });
        },
        /no gateway selects this resource; gateways\/one wants gateway=edge/,
      ],
      [
        'a secret in clear',
        () => warnings(resource('Secret', 't', minimal.Secret)),
        /holds a secret in clear/,
      ],
      [
        'an absent reference from a delivery tool',
        () => warnings(resource('ApiKey', 'k', minimal.ApiKey), { enforcement: 'Warn' }),
        /refers to RestApi books/,
      ],
      [
        'a field of one generation while the gateway is unknown',
        () =>
          warnings(resource('RestApi', 'a', specWith('RestApi', 'resilience', { timeout: '5s' })), {
            gateways: [gateway('one', { generation: undefined })],
          }),
        /spec.resilience/,
      ],
      [
        'what only the document forbids',
        () => warnings(resource('RestApi', 'a', specWith('RestApi', 'version', '1.0'))),
        /spec.version: must match/,
      ],
      [
        'a fault that the stored object had in the same words',
        () => {
          const bad = specWith('RestApi', 'upstream.main.url', 'nowhere');
          return warnings(resource('RestApi', 'a', { ...bad, context: '/new' }), {
            old: resource('RestApi', 'a', bad),
          });
        },
        /spec.upstream.main.url: must be an http or https URL/,
      ],
    ];
    for (const [what, said, sentence] of cases) {
      it(what, () => {
        expect(said()).to.have.length(1);
        expect(said()[0]).to.match(sentence);
      });
    }
  });

  it('let two resources share a handle on gateways that do not overlap', () => {
    const gateways = [
      gateway('one', { selector: { scope: 'Namespaced', namespaces: ['shop'] } }),
      gateway('two', { selector: { scope: 'Namespaced', namespaces: ['other'] } }),
    ];
    const other = resource('RestApi', 'books', minimal.RestApi, { namespace: 'other' });
    expect(denials(books, { gateways, resources: [other] })).to.deep.equal([]);
  });

  it('never repeat a secret', () => {
    const canary = 'c4n4ry';
    const spec = { displayName: 'x!', value: { value: canary, valueFrom: { name: canary } } };
    const said = [...denials(resource('Secret', 't', spec)), ...warnings(resource('Secret', 't', spec))];
    expect(said.join()).not.to.contain(canary);
    expect(said).to.have.length.greaterThan(1);
  });
});
