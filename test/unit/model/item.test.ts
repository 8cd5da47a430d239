import { expect } from 'chai';
import { certificate } from '../../../src/kinds/certificate.ts';
import { restApi } from '../../../src/kinds/rest-api.ts';
import { itemWithId, itemsWithKey } from '../../../src/model/item.ts';

const api = (name: string, version: string) => ({ metadata: { name }, spec: { version } });

describe('an item of a list', () => {
  it('is found by its id, of two with one id the first', () => {
    const items = [api('one', '1'), api('two', '1'), api('two', '2')];
    expect(itemWithId(restApi, items, 'two')).to.equal(items[1]);
    expect(itemWithId(restApi, items, 'three')).to.equal(undefined);
    expect(itemWithId(restApi, items, undefined)).to.equal(undefined);
  });

  it('is looked for in the list that is given, not in the one before', () => {
    expect(itemWithId(restApi, [api('one', '1')], 'one')).to.have.nested.property('spec.version', '1');
    expect(itemWithId(restApi, [api('one', '2')], 'one')).to.have.nested.property('spec.version', '2');
  });

  it('is found by its natural key together with all that bear it, where ids are assigned', () => {
    const items = [
      { id: '1', name: 'a' },
      { id: '2', name: 'b' },
      { id: '3', name: 'a' },
    ];
    expect(itemsWithKey(certificate, items, 'a')).to.deep.equal([items[0], items[2]]);
    expect(itemsWithKey(certificate, items, 'c')).to.deep.equal([]);
    expect(itemsWithKey(restApi, [api('one', '1')], 'one')).to.deep.equal([]);
  });
});
