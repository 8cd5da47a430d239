import { expect } from 'chai';
import { canonical } from '../../../src/compare/canonical.ts';
import { fingerprintOf } from '../../../src/compare/fingerprint.ts';
import { table } from '../../../src/kinds/table.ts';
import { Sensitive } from '../../../src/runtime/sensitive.ts';
import type { KindName } from '../../support/manifests.ts';

describe('a fingerprint', () => {
  const secret = new Sensitive(Buffer.from('key').toString('base64'));
  const of = (kind: KindName, document: Record<string, unknown>, rendered: readonly string[] = []) =>
    fingerprintOf(table.get(kind), document, rendered, secret);

  it('does not depend on the order of keys or of rendered secrets', () => {
    expect(canonical({ b: [1, { d: null, c: undefined }], a: 'x' })).to.equal('{"a":"x","b":[1,{"d":null}]}');
    expect(of('RestApi', { a: 1, b: 2 }, ['1', '2'])).to.equal(of('RestApi', { b: 2, a: 1 }, ['2', '1']));
  });

  it('changes with a document, a rendered secret and the key of the installation', () => {
    const other = fingerprintOf(table.get('RestApi'), { a: 1 }, [], new Sensitive('b3RoZXI='));
    const all = [of('RestApi', { a: 1 }), of('RestApi', { a: 2 }), of('RestApi', { a: 1 }, ['s']), other];
    expect(new Set(all).size).to.equal(4);
  });

  it('does not change with what can be changed on its own', () => {
    expect(of('Subscription', { a: 1, status: 'ACTIVE' })).to.equal(
      of('Subscription', { a: 1, status: 'REVOKED' }),
    );
  });
});
