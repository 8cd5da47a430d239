import { expect } from 'chai';
import { exportFromPlatform, isLeftByPlatform } from '../../../src/export/from-platform.ts';
import { table } from '../../../src/kinds/table.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import { minimal, type KindName } from '../../support/manifests.ts';

const prefix = 'gateway.api-platform.wso2.com';
const now = new Date('2026-06-01T00:00:00Z');

const stored = (kind: KindName, spec: object, metadata: object = {}) => ({
  row: table.get(kind),
  resource: {
    apiVersion: `${prefix}/v1alpha1`,
    kind,
    metadata: { name: 'one', namespace: 'shop', ...metadata },
    spec,
  },
});
const convert = (...all: readonly ReturnType<typeof stored>[]) =>
  exportFromPlatform(all, now, { table, schemas: new SchemaCheck() });

describe("a resource of the platform's own operator, as a manifest", () => {
  it('is in today’s spelling, marked, and without what was remembered', () => {
    const annotations = {
      [`${prefix}/policy-valuefrom-fingerprint`]: 'x',
      'kubectl.kubernetes.io/last-applied-configuration': 'hush',
      [`${prefix}/artifact-id`]: '1',
    };
    const { resources, keepers, notes } = convert(
      stored('ManagedSecret', minimal.ManagedSecret, { annotations }),
    );
    expect(resources[0]?.manifest).to.deep.equal({
      apiVersion: `${prefix}/v1`,
      kind: 'ManagedSecret',
      metadata: {
        name: 'one',
        namespace: 'shop',
        annotations: { [`${prefix}/adoption-policy`]: 'IfUnowned', [`${prefix}/artifact-id`]: '1' },
      },
      spec: { displayName: 'token', value: { valueFrom: { secretKeyRef: { name: 'creds', key: 'token' } } } },
    });
    expect([keepers, notes]).to.deep.equal([[], []]);
  });

  it('has its inline credentials in a Secret', () => {
    const { resources, keepers } = convert(stored('Secret', { displayName: 'x', value: { value: 'hush' } }));
    expect(JSON.stringify(resources)).not.to.contain('hush');
    expect(keepers.map(({ name, entries }) => [name, entries[0]?.value])).to.deep.equal([
      ['secret-one', 'hush'],
    ]);
  });

  it('is told of where it will not work, or not be recognised', () => {
    const { notes } = convert(
      stored('SubscriptionPlan', { planName: 'Bronze', status: 'active' }),
      stored('Certificate', minimal.Certificate),
      stored('Subscription', minimal.Subscription),
      stored('ApiKey', minimal.ApiKey),
    );
    const told = Object.fromEntries(notes.map(({ what, text, isRefused }) => [what, `${isRefused} ${text}`]));
    expect(told['SubscriptionPlan shop/one']).to.match(/^true spec.status: must be one of ACTIVE, INACTIVE/);
    expect(told['Certificate shop/one']).to.match(/^false is stored anew/);
    expect(told['Subscription shop/one']).to.match(/^false bears nothing at the gateway/);
    expect(told['ApiKey shop/one']).to.match(
      /^false spec.apiKey: nobody knows .* kept in Secret one-api-key$/,
    );
  });

  it('is known by the finalizer or the annotations of that operator, until it is ours', () => {
    const is = (metadata: object) => isLeftByPlatform(stored('RestApi', minimal.RestApi, metadata).resource);
    const annotations = { [`${prefix}/policy-valuefrom-fingerprint`]: 'x' };
    expect(is({ finalizers: [`${prefix}/api-finalizer`] })).to.equal(true);
    expect(is({ annotations })).to.equal(true);
    expect(is({ annotations, finalizers: [`${prefix}/portcullis`] })).to.equal(false);
    expect(is({})).to.equal(false);
  });
});
