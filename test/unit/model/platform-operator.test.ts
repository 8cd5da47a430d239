import { expect } from 'chai';
import { compare } from '../../../src/compare/compare.ts';
import { plan } from '../../../src/compare/plan.ts';
import { restApi } from '../../../src/kinds/rest-api.ts';
import { table } from '../../../src/kinds/table.ts';
import { documentOf, travelling } from '../../../src/model/document.ts';
import {
  isFromPlatform,
  isPlatformBookkeeping,
  isPlatformFinalizer,
} from '../../../src/model/platform-operator.ts';
import { minimal } from '../../support/manifests.ts';

const prefix = 'gateway.api-platform.wso2.com';
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
const mark = 'portcullis/cluster/RestApi/shop/books';

/** As its code has them, at both of its generations. */
const finalizers = [
  'api-finalizer',
  'llmprovidertemplate-finalizer',
  'llmprovider-finalizer',
  'llmproxy-finalizer',
  'mcp-finalizer',
  'managedsecret-finalizer',
  'certificate-finalizer',
  'apikey-finalizer',
  'subscriptionplan-finalizer',
  'subscription-finalizer',
  'apigateway-finalizer',
];

const bookkeeping = [
  'policy-valuefrom-fingerprint',
  'last-applied-llmprovider-policy-valuefrom-fingerprint',
  'last-applied-llmproxy-policy-valuefrom-fingerprint',
  'last-applied-mcp-policy-valuefrom-fingerprint',
  'last-applied-apikey-secret-rv',
  'last-applied-subscription-token-secret-rv',
  'subscription-last-applied-create-fingerprint',
  'last-deployed-config-hash',
  'last-deployed-parent-gateway',
];

describe("what the platform's own operator leaves on resources", () => {
  for (const name of finalizers)
    it(`is the finalizer ${name}`, () => {
      expect(isPlatformFinalizer(`${prefix}/${name}`)).to.equal(true);
      expect(isFromPlatform({ metadata: { finalizers: ['x', `${prefix}/${name}`] } })).to.equal(true);
    });

  it('is none of our finalizers, nor of anybody else’s', () => {
    for (const name of [`${prefix}/portcullis`, 'example.com/api-finalizer', 'api-finalizer'])
      expect(isPlatformFinalizer(name), name).to.equal(false);
  });

  for (const name of bookkeeping)
    it(`is the annotation ${name}, which goes to no gateway`, () => {
      expect(isPlatformBookkeeping(`${prefix}/${name}`)).to.equal(true);
      expect(travelling({ [`${prefix}/${name}`]: 'x' })).to.deep.equal({});
    });

  it('is no annotation that means something to a gateway', () => {
    const meant = { [`${prefix}/artifact-id`]: 'a', [`${prefix}/project-id`]: 'b', 'last-applied': 'c' };
    expect(travelling(meant)).to.deep.equal(meant);
  });

  it('has a finalizer for every kind that it knows, of the form that is recognised', () => {
    // A kind that is new in its next release is recognised too.
    for (const { kind } of table.rows)
      expect(isPlatformFinalizer(`${prefix}/${kind.toLowerCase()}-finalizer`), kind).to.equal(true);
  });
});

describe('what the platform’s operator stored at a gateway', () => {
  const document = documentOf(restApi, {
    name: 'books',
    labels: {},
    annotations: {},
    spec: minimal.RestApi,
    generation: 'v1',
    mark,
    idOf: () => undefined,
  });
  const item = (annotations: Record<string, string>, spec: object = minimal.RestApi) => ({
    ...document,
    metadata: { name: 'books', annotations },
    spec,
    status: { state: 'deployed' },
  });
  const view = { generation: 'v1', from: 'get' } as const;
  const planFor = (
    annotations: Record<string, string>,
    adoption: 'IfEqual' | 'IfUnowned',
    spec: object = minimal.RestApi,
  ) =>
    plan({
      row: restApi,
      wanted: { document, mark, fingerprint: 'f', renders: false },
      standing: undefined,
      mayHaveWritten: false,
      item: item(annotations, spec),
      adoption,
      view,
      mayOverride: () => false,
    });

  it('is equal where it differs in what the operator remembers alone, so that nothing is written', () => {
    const stored = { [`${prefix}/policy-valuefrom-fingerprint`]: 'x' };
    expect(compare(restApi, document, item(stored), view).differences).to.deep.equal([]);
    expect(planFor(stored, 'IfEqual')).to.deep.include({ is: 'same', adopts: true });
  });

  for (const adoption of ['IfEqual', 'IfUnowned'] as const)
    it(`is written once where it repeats a whole manifest, whose secrets nobody asked to store (${adoption})`, () => {
      const next = planFor({ [lastApplied]: '{"spec":{}}' }, adoption);
      expect(next).to.deep.include({ is: 'change', differences: [`metadata.annotations["${lastApplied}"]`] });
    });

  it('is left alone where it differs beyond that, unless it may be taken over', () => {
    const other = { ...minimal.RestApi, context: '/other' };
    expect(planFor({ [lastApplied]: '{}' }, 'IfEqual', other).is).to.equal('taken');
    expect(planFor({ [lastApplied]: '{}' }, 'IfUnowned', other).is).to.equal('change');
  });
});
