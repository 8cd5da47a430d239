import { expect } from 'chai';
import { table } from '../../../src/kinds/table.ts';
import { annotation, markAnnotation } from '../../../src/model/annotations.ts';
import { documentOf } from '../../../src/model/document.ts';
import { markOf, parseMark } from '../../../src/model/mark.ts';
import { resolvedSpec, sourcesOf } from '../../../src/model/spec-secrets.ts';
import { minimal, specWith, type KindName } from '../../support/manifests.ts';

const owner = { cluster: 'c-1', kind: 'RestApi', namespace: 'shop', name: 'books' };
const mark = markOf(owner);

function document(kind: KindName, spec: unknown, more: Partial<Parameters<typeof documentOf>[1]> = {}) {
  const given = {
    name: 'books',
    labels: {},
    annotations: {},
    generation: 'v0.9',
    mark,
    idOf: () => undefined,
    ...more,
  } as const;
  return documentOf(table.get(kind), { ...given, spec });
}

describe('the document that a gateway is sent', () => {
  it('carries the apiVersion of the generation that it is for', () => {
    expect(document('RestApi', minimal.RestApi)).to.include({
      apiVersion: 'gateway.api-platform.wso2.com/v1alpha1',
      kind: 'RestApi',
    });
    expect(document('RestApi', minimal.RestApi, { generation: 'v1' })).to.include({
      apiVersion: 'gateway.api-platform.wso2.com/v1',
    });
  });

  it('carries labels and annotations, but not those of Kubernetes or those that only we read', () => {
    const { metadata } = document('RestApi', minimal.RestApi, {
      labels: { team: 'a', 'app.kubernetes.io/name': 'x' },
      annotations: {
        'x/y': 'z',
        'gateway.api-platform.wso2.com/project-id': '1',
        'kubectl.kubernetes.io/last-applied-configuration': 'secret',
        [annotation.reconcile]: 'Active',
      },
    });
    expect(metadata).to.deep.equal({
      name: 'books',
      labels: { team: 'a' },
      annotations: { 'x/y': 'z', 'gateway.api-platform.wso2.com/project-id': '1', [markAnnotation]: mark },
    });
  });

  it('marks a Secret in its description, the only place that the gateway keeps, and never cuts the mark off', () => {
    const { kind, metadata, spec } = document('ManagedSecret', {
      displayName: 'a',
      description: 'x'.repeat(1024),
      value: 'v',
    });
    const { description } = spec as { description: string };
    expect(kind).to.equal('Secret');
    expect(metadata).to.deep.equal({ name: 'books' });
    expect(description).to.have.length(1024);
    expect(parseMark(description)).to.deep.equal(owner);
  });

  it("names a Certificate by name, owner and content, so that a new one stands beside the old one's name", () => {
    const name = (certificate: string) => document('Certificate', { displayName: 'a', certificate }).name;
    expect(name('one')).to.match(/^books\.[0-9a-f]{8}\.[0-9a-f]{16}$/);
    expect(name('one')).to.equal(name('one'));
    expect(name('one')).not.to.equal(name('two'));
  });

  it('gives a Subscription the id of its plan on that gateway', () => {
    const spec = { apiId: 'books', subscriptionToken: 't', subscriptionPlanId: 'gold' };
    const sent = document('Subscription', spec, { idOf: (kind, name) => `${kind}:${name}` });
    expect(sent).to.include({
      subscriptionPlanId: 'SubscriptionPlan:gold',
      status: 'ACTIVE',
      billingSubscriptionId: mark,
    });
  });

  it("leaves an author's own references alone", () => {
    expect(
      document('Subscription', { apiId: 'books', subscriptionToken: 't', billingSubscriptionId: 'b-1' }),
    ).to.include({ billingSubscriptionId: 'b-1' });
    expect(document('ApiKey', { parentRef: {}, apiKey: 'k', externalRefId: 'e-1' })).to.include({
      externalRefId: 'e-1',
    });
  });

  it('gives an ApiKey the moment at which it ends, never the duration', () => {
    const spec = { parentRef: {}, apiKey: 'k', expiresIn: { duration: 1, unit: 'days' } };
    expect(document('ApiKey', spec, { expiresAt: '2027-01-01T00:00:00Z' })).to.deep.equal({
      name: 'books',
      apiKey: 'k',
      expiresAt: '2027-01-01T00:00:00Z',
      externalRefId: mark,
    });
  });
});

describe('what stands outside a spec', () => {
  it('is found where the row says and in free-form parameters, and is put in its place', () => {
    const params = {
      a: { valueFrom: { configMapKeyRef: { name: 'm', key: 'k' } } },
      b: [{ valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
    };
    const spec = specWith('Mcp', 'policies', [{ name: 'p', version: 'v1', params }]);
    Object.assign(spec, {
      upstream: {
        url: 'http://a',
        auth: { type: 'api-key', header: 'X', value: { valueFrom: { name: 's', key: 'k' } } },
      },
    });
    const row = table.get('Mcp');
    expect(sourcesOf(row, spec).map(({ path, from }) => [path, from])).to.deep.equal([
      ['upstream.auth.value', 'Secret'],
      ['policies[0].params.a', 'ConfigMap'],
      ['policies[0].params.b[0]', 'Secret'],
    ]);
    const resolved = resolvedSpec(row, spec, ({ from }) => `from a ${from}`);
    expect(resolved).to.have.nested.property('upstream.auth.value', 'from a Secret');
    expect(resolved).to.have.nested.property('policies[0].params.a', 'from a ConfigMap');
    expect(resolved).to.have.nested.property('policies[0].params.b[0]', 'from a Secret');
  });

  it('vanishes where it is optional and absent', () => {
    const spec = specWith('Mcp', 'upstream.auth', {
      type: 'api-key',
      header: 'X',
      value: { valueFrom: { name: 's', key: 'k', optional: true } },
    });
    expect(resolvedSpec(table.get('Mcp'), spec, () => undefined)).not.to.have.nested.property(
      'upstream.auth.value',
    );
  });
});

describe('the kind table', () => {
  it('names only kinds of its own in references, parents and shared handles', () => {
    const kinds = table.rows.map(({ kind }) => kind);
    for (const row of table.rows) {
      const spec = minimal[row.kind as KindName];
      for (const reference of row.references(spec)) expect(kinds).to.include.members([...reference.kinds]);
      expect(kinds).to.include.members(table.sharing(row).map(({ kind }) => kind));
      if (row.identity.is === 'nested') expect(kinds).to.include(row.identity.parent(spec).kind);
    }
  });

  it('gives no plural, no kind and no short name twice', () => {
    const names = table.rows.flatMap(({ kind, plural, shortNames }) => [kind, plural, ...shortNames]);
    // A short name may be its own kind's singular (mcp), so those are compared by themselves.
    expect(new Set(names).size).to.equal(names.length);
  });

  it('has a smallest spec for every kind in the tests', () => {
    expect(Object.keys(minimal).sort()).to.deep.equal(table.rows.map(({ kind }) => kind).sort());
  });
});
