import { expect } from 'chai';
import { isCredentialName, looksLikeCredential } from '../../../src/export/credentials.ts';
import { lifted } from '../../../src/export/lift.ts';
import { table } from '../../../src/kinds/table.ts';
import { minimal, specWith, type KindName } from '../../support/manifests.ts';

const from = (key: string) => ({ valueFrom: { secretKeyRef: { name: 'kept', key } } });
const lift = (kind: KindName, path: string, value: unknown, hidden: readonly string[] = []) =>
  lifted(table.get(kind), specWith(kind, path, value), { secret: 'kept', hidden });
const policyOf = (params: unknown) => [{ name: 'any', version: 'v1', params }];

describe('a credential in a spec', () => {
  it('is put into a Secret where the kind has a place for one', () => {
    const { spec, entries } = lift('Mcp', 'upstream.auth', { type: 'api-key', header: 'X', value: 'hush' });
    expect(entries).to.deep.equal([
      { key: 'upstream.auth.value', path: 'upstream.auth.value', value: 'hush' },
    ]);
    expect(spec).to.have.nested.property('upstream.auth.value').that.deep.equals(from('upstream.auth.value'));
  });

  it('has no value where the gateway hides it', () => {
    const { entries } = lift('Mcp', 'upstream.auth', { type: 'api-key', header: 'X' }, [
      'upstream.auth.value',
    ]);
    expect(entries).to.deep.equal([
      { key: 'upstream.auth.value', path: 'upstream.auth.value', value: undefined },
    ]);
  });

  it('stays where the gateway renders it from a secret of its own', () => {
    const auth = { type: 'api-key', header: 'X', value: 'Bearer {{ secret "token" }}' };
    const { spec, entries, inClear } = lift('Mcp', 'upstream.auth', auth);
    expect([entries, inClear]).to.deep.equal([[], []]);
    expect(spec).to.have.nested.property('upstream.auth.value', auth.value);
  });

  it('is what comes out of the templates where it was escaped', () => {
    const { entries } = lift('Mcp', 'upstream.auth', {
      type: 'api-key',
      header: 'X',
      value: '{{ "{{" }} x }}',
    });
    expect(entries.map(({ value }) => value)).to.deep.equal(['{{ x }}']);
  });

  for (const [title, params, key] of [
    ['below a name that says so', { redis: { password: 'hush' } }, 'policies.0.params.redis.password'],
    [
      'in the value of such a name',
      { 'client-secret': { type: 'string', value: 'hush' } },
      'policies.0.params.client-secret.value',
    ],
    [
      'in a header that carries one',
      { headers: [{ name: 'authorization', value: 'hush' }] },
      'policies.0.params.headers.0.value',
    ],
    ['by its looks', { any: ['Bearer abcdefghijk'] }, 'policies.0.params.any.0'],
    ['in a URL', { endpoint: 'redis://user:hush@cache:6379' }, 'policies.0.params.endpoint'],
  ] as const) {
    it(`is found in the parameters of a policy ${title}`, () => {
      const { spec, entries } = lift('RestApi', 'policies', policyOf(params));
      expect(entries.map((entry) => entry.key)).to.deep.equal([key]);
      expect(JSON.stringify(spec))
        .to.contain(JSON.stringify(from(key)))
        .and.not.to.contain('hush');
    });
  }

  it('is told of where no Secret can stand for it', () => {
    const { entries, inClear } = lift('RestApi', 'upstream.main.url', 'http://user:hush@backend');
    expect(entries).to.deep.equal([]);
    expect(inClear).to.deep.equal(['upstream.main.url']);
  });

  it('is not seen in what only names one', () => {
    for (const name of ['subscriptionKeyHeader', 'forwardedTokenHeader', 'key', 'maxTokens', 'keyPrefix'])
      expect(isCredentialName(name), name).to.equal(false);
    for (const value of [
      'X-API-Key',
      'Bearer',
      'https://backend.example/@path',
      'application/json',
      '{{ secret "x" }}',
    ])
      expect(looksLikeCredential(value), value).to.equal(false);
  });

  it('is in none of the smallest specs', () => {
    for (const kind of ['RestApi', 'LlmProvider', 'LlmProxy', 'Mcp', 'WebSubApi'] as const)
      expect(lifted(table.get(kind), minimal[kind], { secret: 'kept' }), kind).to.deep.equal({
        spec: minimal[kind],
        entries: [],
        inClear: [],
      });
  });
});
