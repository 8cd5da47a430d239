import { expect } from 'chai';
import { fixedDigests } from '../../../src/compare/fingerprint.ts';
import { plan, type Plan, type Standing } from '../../../src/compare/plan.ts';
import { table } from '../../../src/kinds/table.ts';
import { documentOf } from '../../../src/model/document.ts';
import type { Item } from '../../../src/model/item.ts';
import { markOf } from '../../../src/model/mark.ts';
import { Sensitive } from '../../../src/runtime/sensitive.ts';

const row = table.get('Subscription');
const key = new Sensitive(Buffer.from('a key of the installation').toString('base64'));
const markOfReader = (name: string) =>
  markOf({ cluster: 'c', kind: 'Subscription', namespace: 'shop', name });
const mark = markOfReader('reader');

const was = { apiId: 'books', subscriptionToken: 'first', applicationId: 'app', status: 'ACTIVE' };

function wantedOf(spec: object, of = mark) {
  const name = 'reader';
  const document = documentOf(row, {
    name,
    labels: {},
    annotations: {},
    spec,
    generation: 'v1',
    mark: of,
    idOf: () => undefined,
  });
  return {
    document,
    mark: of,
    fingerprint: 'now',
    fixed: fixedDigests(row, document, of, key)!,
    renders: false,
  };
}

/** What the gateway shows: no token, and the API by an id of its own. */
const item: Item = {
  id: 'id-1',
  apiId: '6a6c0a0e-0000-4000-8000-000000000000',
  applicationId: 'app',
  billingCustomerId: '',
  billingSubscriptionId: mark,
  status: 'ACTIVE',
};
const remembered: Standing = { id: 'id-1', fingerprint: 'then', fixed: wantedOf(was).fixed };

function planned(
  change: object,
  more: { readonly standing?: Standing; readonly elsewhere?: boolean } = {},
): Plan {
  return plan({
    row,
    wanted: wantedOf({ ...was, ...change }),
    item,
    standing: remembered,
    mayHaveWritten: true,
    adoption: 'IfEqual',
    view: { generation: 'v1', from: 'get' },
    mayOverride: () => false,
    ...more,
  });
}

describe('what only a new creation changes at a gateway', () => {
  it('is nothing where it is as it was sent', () => {
    expect(planned({})).to.include({ is: 'same' });
  });

  for (const [field, value] of [
    ['apiId', 'films'],
    ['subscriptionToken', 'second'],
    ['applicationId', undefined],
    ['billingCustomerId', 'b'],
  ] as const) {
    it(`is named: ${field}`, () => {
      expect(planned({ [field]: value })).to.deep.equal({ is: 'fixed', fields: [field], differences: [] });
    });
  }

  it('is told apart from what can be changed', () => {
    expect(planned({ status: 'REVOKED' })).to.deep.equal({
      is: 'change',
      by: 'fields',
      differences: ['status'],
    });
    expect(planned({ status: 'REVOKED', subscriptionToken: 'second' })).to.deep.equal({
      is: 'fixed',
      fields: ['subscriptionToken'],
      differences: ['status'],
    });
  });

  it('is judged by what is shown where the answer to its creation was lost', () => {
    const standing = { fingerprint: undefined };
    expect(planned({}, { standing })).to.include({ is: 'same' });
    expect(planned({ applicationId: 'other' }, { standing })).to.deep.include({ fields: ['applicationId'] });
    expect(planned({}, { standing, elsewhere: true })).to.deep.include({ fields: ['apiId'] });
  });

  it('is judged by what is shown where something else is remembered', () => {
    expect(planned({ subscriptionToken: 'second' }, { standing: { ...remembered, id: 'id-0' } })).to.include({
      is: 'same',
    });
  });

  it('is remembered without telling that two resources share a token, nor what it is', () => {
    const mine = wantedOf(was).fixed;
    const theirs = wantedOf(was, markOfReader('other')).fixed;
    expect(mine.subscriptionToken).to.match(/^[\w-]{16}$/);
    expect(mine.subscriptionToken).not.to.equal(theirs.subscriptionToken);
    expect(mine).not.to.have.property('status');
  });
});
