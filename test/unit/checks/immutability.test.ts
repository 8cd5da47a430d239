import { expect } from 'chai';
import { annotation } from '../../../src/model/annotations.ts';
import type { Resource } from '../../../src/model/resource.ts';
import { minimal } from '../../support/manifests.ts';
import { denials, gateway, resource, type World } from './world.ts';

const spec = { ...minimal.Subscription, subscriptionToken: 'a-token-of-this-reader' };
const api = resource('RestApi', 'books', minimal.RestApi);
const allow = (word: string) => ({ [annotation.allowRecreate]: word });

const stored: Resource = {
  ...resource('Subscription', 'reader', spec),
  status: { gateways: [{ namespace: 'gateways', name: 'one', state: 'Programmed' }] },
};
const edited = (annotations: Readonly<Record<string, string>> = {}) =>
  resource('Subscription', 'reader', { ...spec, applicationId: 'another' }, { annotations });

const cases: readonly {
  readonly says: string;
  readonly object: Resource;
  readonly world?: World;
  readonly refused: boolean;
}[] = [
  { says: 'is refused where nobody allows it', object: edited(), refused: true },
  { says: 'is taken where the object allows it', object: edited(allow('true')), refused: false },
  { says: 'is refused where the object does not', object: edited(allow('false')), refused: true },
  {
    says: 'is taken where the namespace allows it',
    object: edited(),
    world: { annotations: allow('true') },
    refused: false,
  },
  {
    says: 'is refused where the object says otherwise than its namespace',
    object: edited(allow('false')),
    world: { annotations: allow('true') },
    refused: true,
  },
  {
    says: 'is taken where every gateway that selects it allows it',
    object: edited(),
    world: { gateways: [gateway('one', { allowsRecreate: true })] },
    refused: false,
  },
  {
    says: 'is refused where one gateway does and another does not',
    object: edited(),
    world: { gateways: [gateway('one', { allowsRecreate: true }), gateway('two')] },
    refused: true,
  },
  {
    says: 'is refused where no gateway selects it any more, as nobody would make it anew',
    object: edited(),
    world: { gateways: [] },
    refused: true,
  },
];

describe('an edit of what a gateway can not change', () => {
  for (const { says, object, world = {}, refused } of cases) {
    it(says, () => {
      const found = denials(object, { old: stored, resources: [api], ...world });
      expect(found.length > 0, found.join('; ')).to.equal(refused);
    });
  }

  it('is refused with the field and both ways out', () => {
    const [found = ''] = denials(edited(), { old: stored, resources: [api] });
    expect(found).to.contain("spec.applicationId: can't be changed at the gateway");
    expect(found).to.contain(`${annotation.allowRecreate}: "true"`).and.contain('delete the resource');
  });

  it('is taken before the resource stands anywhere', () => {
    expect(denials(edited(), { old: { ...stored, status: {} }, resources: [api] })).to.deep.equal([]);
  });

  it('offers no annotation where the controller would not make it anew', () => {
    const parentRef = { kind: 'RestApi', name: 'books' };
    const key = resource('ApiKey', 'a-key', { parentRef });
    const old = { ...key, status: stored.status };
    const other = resource('ApiKey', 'a-key', { parentRef: { ...parentRef, name: 'films' } });
    const films = resource('RestApi', 'films', { ...minimal.RestApi, displayName: 'Films' });
    const [found = ''] = denials(
      { ...other, metadata: { ...other.metadata, annotations: allow('true') } },
      {
        old,
        resources: [api, films],
      },
    );
    expect(found).to.contain("spec.parentRef: can't be changed").and.not.contain('allow-recreate');
  });
});
