import { expect } from 'chai';
import type { Gateway } from '../../support/gateway/emulator.ts';
import { startGateway } from '../../support/gateway/emulator.ts';
import type { Json } from '../../support/gateway/wire/json.ts';
import type { Kind } from './documents.ts';
import { makeProviders, post } from './violating.ts';

type Row = readonly [
  kind: Kind,
  field: string,
  value: Json | undefined,
  older: number,
  newer: number,
  why: string,
];

const headers = { request: { headers: [{ name: 'x', value: '1' }] } };
const definition = { name: 'd', upstreams: [{ url: 'http://h' }] };

/** Where the gateway is laxer or stricter than its document, where generations differ, and where it is odd. */
const rows: readonly Row[] = [
  ['RestApi', 'version', '1', 201, 201, 'a version without v is taken'],
  ['RestApi', 'version', 'v1.0-beta', 400, 400, 'a version with a suffix is not'],
  ['RestApi', 'context', '/a b', 201, 201, 'a blank in a context is taken'],
  ['RestApi', 'context', '/a/', 400, 400, 'a slash at the end of a context is not'],
  ['RestApi', 'upstream.main.url', 'http://a b/', 400, 400, 'a host has no blanks'],
  ['RestApi', 'upstream.main.url', 'https://u:p@h:99999/p?q#f', 201, 201, 'a port may be too high'],
  ['RestApi', 'upstream.main.url', 'http://h:80a/', 400, 400, 'a port has digits only'],
  ['RestApi', 'upstream.main.url', 'http://[fd00::7/', 400, 400, 'brackets are closed'],
  ['RestApi', 'upstream.main.url', 'http://[fd00::7]:8080/', 201, 201, 'a host may be an IPv6 address'],
  ['RestApi', 'upstream.sandbox', {}, 400, 400, 'an empty sandbox is worse than none'],
  ['RestApi', 'upstream', { main: { ref: 'd' } }, 400, 400, 'a ref needs its definition'],
  ['RestApi', 'vhosts', { main: 'bad host!' }, 201, 201, 'any text is a virtual host'],
  ['RestApi', 'operations[0].method', 'get', 201, 201, 'a method may be in lower case'],
  ['RestApi', 'operations[0].method', 'TRACE', 400, 400, 'TRACE is unknown'],
  ['RestApi', 'operations[0].path', '/{a', 400, 400, 'braces must pair'],
  ['RestApi', 'operations[0].path', '/}a{', 201, 201, 'in any order'],
  ['RestApi', 'policies', [{ name: 'set-headers' }], 400, 400, 'absent params are empty params'],
  [
    'RestApi',
    'policies',
    [{ name: 'set-headers', params: headers }],
    201,
    201,
    'an absent version is the newest',
  ],
  ['RestApi', 'policies', [{ name: 'nosuch', version: 'v1' }], 400, 400, 'a policy must be loaded'],
  ['RestApi', 'upstreamDefinitions', [definition, definition], 400, 400, 'definitions have different names'],
  [
    'RestApi',
    'upstreamDefinitions',
    [{ ...definition, name: 'a b' }],
    201,
    400,
    'their names are free in 0.9',
  ],
  ['RestApi', 'upstreamDefinitions', [timeout('1h30m')], 201, 400, 'a time may be compound in 0.9'],
  ['RestApi', 'upstreamDefinitions', [timeout('5x')], 400, 400, 'but must have a unit'],
  ['RestApi', 'operations', [{ match: { method: 'GET', path: { value: '/a' } } }], 400, 201, 'match is new'],
  ['RestApi', 'resilience', { timeout: '5x' }, 201, 400, 'resilience is new'],
  ['RestApi', 'metadata.name', 'é', 201, 201, 'handles are free'],
  ['RestApi', 'metadata.name', 'a/b', 400, 400, 'but for a slash'],
  ['RestApi', 'metadata.labels', { 'a b': 'c' }, 400, 400, 'label keys have no blanks'],
  ['RestApi', 'metadata.annotations', { 'a b': 'c' }, 201, 201, 'annotation keys may'],
  ['RestApi', 'metadata.annotations', { a: 5 }, 400, 400, 'annotations are texts'],
  ['RestApi', 'apiVersion', 'foo/v9', 400, 201, 'generation 1 takes any apiVersion'],
  ['RestApi', 'displayName', 5, 400, 400, 'a number is no text'],
  ['LlmProvider', 'metadata.name', 'A_b', 400, 400, 'names of LLM kinds are DNS names'],
  ['LlmProvider', 'context', 'a', 201, 201, 'contexts of LLM kinds are free'],
  ['LlmProvider', 'template', 'nosuch', 400, 400, 'a template must be there'],
  ['LlmProvider', 'upstream.auth', { type: 'none' }, 400, 201, 'none is new'],
  ['LlmProvider', 'upstream.ref', 'd', 201, 400, '0.9 does not look at refs'],
  ['LlmProvider', 'accessControl.exceptions', [{ path: '/a' }], 400, 400, 'an exception names methods'],
  ['LlmProvider', 'policies', pathPolicy('nosuch'), 201, 400, '0.9 does not look at policies of LLM kinds'],
  [
    'LlmProvider',
    'policies',
    pathPolicy('set-headers', { zz: 1 }),
    201,
    201,
    'nobody at the params of the old list',
  ],
  [
    'LlmProvider',
    'globalPolicies',
    [{ name: 'nosuch', version: 'v1' }],
    201,
    400,
    'the new lists are checked',
  ],
  ['LlmProxy', 'provider.id', 'nosuch', 404, 404, 'an absent provider reads as an absent proxy'],
  ['LlmProxy', 'provider.id', 'NoSuch', 400, 400, 'a bad name is a bad name'],
  ['LlmProxy', 'provider.auth', {}, 500, 400, '0.9 stumbles over a bad credential'],
  ['LlmProxy', 'additionalProviders', [{ id: 'nosuch' }], 201, 404, 'further providers are new'],
  ['Mcp', 'context+vhost', undefined, 400, 400, 'it must be somewhere'],
  ['Mcp', 'specVersion', '2024-11-05', 400, 400, 'two versions are known'],
  ['Mcp', 'upstream.auth', { type: 'bearer', header: 'A', value: 'x' }, 400, 400, 'a bearer value says so'],
  ['Mcp', 'upstream.auth', { type: 'foo', header: 'X', value: 'v' }, 201, 201, 'any type is taken'],
  ['Mcp', 'tools', [{}], 201, 201, 'a tool may be nothing'],
  ['LlmProviderTemplate', 'promptTokens', { location: 'payload' }, 400, 400, 'an identifier identifies'],
  [
    'LlmProviderTemplate',
    'resourceMappings',
    { resources: [{ resource: 'a' }] },
    400,
    400,
    'paths are absolute',
  ],
  ['LlmProviderTemplate', 'metadata.labels', { 'a b': 'c' }, 201, 201, 'label keys of templates are free'],
  ['Secret', 'value', 'x'.repeat(10_240), 201, 201, '10 240 bytes are a Secret'],
  [
    'Secret',
    'value',
    '"'.repeat(6_000),
    201,
    400,
    'generation 1 reads 11 264 bytes, and a quote is two of them',
  ],
  ['Secret', 'value', 'é'.repeat(5_121), 400, 400, 'bytes count, not characters'],
];

for (const api of ['v0.9', 'v1'] as const) {
  describe(`what the emulated gateway ${api} takes`, () => {
    let gateway: Gateway;

    before(async () => {
      gateway = await startGateway({ api, pollIntervalMs: 0 });
      await makeProviders(gateway);
    });

    after(() => gateway.stop());

    for (const [kind, field, value, older, newer, why] of rows) {
      const status = api === 'v1' ? newer : older;
      const told = value === undefined ? '(absent)' : JSON.stringify(value).slice(0, 60);
      it(`${kind} ${field} ${told}: ${status}, for ${why}`, async () => {
        expect(await post(gateway, { kind, field, value })).to.equal(status);
      });
    }
  });
}

function timeout(connect: string): Json {
  return { ...definition, timeout: { connect } };
}

function pathPolicy(name: string, params: Json = headers): Json {
  return [{ name, version: 'v1', paths: [{ path: '/a', methods: ['GET'], params }] }];
}
