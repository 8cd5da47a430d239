import { expect } from 'chai';
import { applied } from '../../../cli/plan/applied.ts';
import { labelSelector } from '../../../cli/plan/selector.ts';
import { resourcesNamed } from '../../../cli/cluster/kind-named.ts';
import { lastApplied } from '../../../src/model/platform-operator.ts';
import type { Resource } from '../../../src/model/resource.ts';

const manifest = (labels: Record<string, string>): Resource => ({
  kind: 'RestApi',
  metadata: { name: 'x', namespace: 'shop', labels },
  spec: { is: 'new' },
});

describe('a manifest over what is stored', () => {
  const stored = (labels: Record<string, string>, before?: object): Resource => ({
    kind: 'RestApi',
    metadata: {
      name: 'x',
      namespace: 'shop',
      uid: 'u',
      labels,
      annotations: before === undefined ? {} : { [lastApplied]: JSON.stringify({ metadata: before }) },
    },
    spec: { is: 'old', more: 1 },
    status: { gateways: [] },
  });

  it('has the spec of the manifest, and what is the cluster’s', () => {
    const { spec, status, metadata } = applied(manifest({}), stored({}));
    expect([spec, status, metadata.uid]).to.deep.equal([{ is: 'new' }, { gateways: [] }, 'u']);
  });

  it('keeps the labels of others', () => {
    expect(applied(manifest({ a: '1' }), stored({ b: '2' })).metadata.labels).to.deep.equal({
      a: '1',
      b: '2',
    });
  });

  it('loses a label that the last application set and this one does not', () => {
    const before = { labels: { b: '2' } };
    expect(applied(manifest({ a: '1' }), stored({ b: '2', c: '3' }, before)).metadata.labels).to.deep.equal({
      a: '1',
      c: '3',
    });
  });

  it('is the manifest where nothing is stored', () => {
    expect(applied(manifest({}), undefined)).to.deep.equal(manifest({}));
  });
});

describe('what the command line names', () => {
  it('is one label or several', () => {
    const isMeant = labelSelector('a=1, b==2');
    expect([isMeant(manifest({ a: '1', b: '2', c: '3' })), isMeant(manifest({ a: '1' }))]).to.deep.equal([
      true,
      false,
    ]);
    expect(() => labelSelector('a')).to.throw('key=value');
  });

  for (const words of [
    ['restapi/books'],
    ['rapi', 'books'],
    ['RestApi/books'],
    ['restapis.gateway.api-platform.wso2.com/books'],
  ])
    it(`is a resource as ${words.join(' ')}`, () => {
      expect(resourcesNamed(words).map(({ row, name }) => [row.kind, name])).to.deep.equal([
        ['RestApi', 'books'],
      ]);
    });

  for (const [words, message] of [
    [['restapy/books'], 'did you mean'],
    [['restapi'], 'name one of the restapis'],
    [['restapi/books', 'films'], 'either as KIND/NAME each'],
    [['apigateway/edge'], '--gateway names one'],
  ] as const)
    it(`is refused as ${words.join(' ')}`, () => expect(() => resourcesNamed(words)).to.throw(message));
});
