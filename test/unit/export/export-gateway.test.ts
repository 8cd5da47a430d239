import { expect } from 'chai';
import { parse } from 'yaml';
import { filesOf, resourceText, secretsFile, secretsText } from '../../../src/export/files.ts';
import { nameFault, nameFrom, shortName } from '../../../src/export/names.ts';
import { exportGateway } from '../../../src/export/export-gateway.ts';
import type { Shown } from '../../../src/export/shown.ts';
import { table } from '../../../src/kinds/table.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import { creationOrder, kindsReferredTo } from '../../../src/model/creation-order.ts';
import { referencesOf } from '../../../src/model/references.ts';
import { readCorpus } from '../../agreement/corpus.ts';
import { minimal, type KindName } from '../../support/manifests.ts';

const now = new Date('2026-06-01T00:00:00Z');
const times = { createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00.02Z' };

function shown(kind: KindName, name: string, more: object = {}, metadata: object = {}): Shown {
  const spec = { ...minimal[kind], ...more };
  return {
    row: table.get(kind),
    item: { metadata: { name, ...metadata }, spec, status: times },
    owner: undefined,
  };
}

function below(kind: KindName, owner: Shown['owner'], item: object): Shown {
  return { row: table.get(kind), item: item as Shown['item'], owner };
}

const make = (...all: readonly Shown[]) =>
  exportGateway(
    { generation: 'v0.9', shown: all },
    { namespace: undefined, now },
    { table, schemas: new SchemaCheck() },
  );

describe('what a gateway holds, as manifests', () => {
  it('says why something is left out, and leaves out what needs it', () => {
    const books = { kind: 'RestApi', name: 'Books' };
    const { resources, leftOut } = make(
      shown('RestApi', 'Books'),
      below('ApiKey', books, { name: 'partner', apiKey: '***12345' }),
      below('Subscription', books, { id: 's-1', status: 'ACTIVE' }),
    );
    expect(resources).to.deep.equal([]);
    expect(leftOut).to.deep.equal([
      { what: 'RestApi Books', why: 'Kubernetes takes names of a-z, 0-9, - and . alone' },
      { what: 'ApiKey partner (of RestApi Books)', why: 'it needs RestApi Books, which is left out' },
      { what: 'Subscription books (of RestApi Books)', why: 'it needs RestApi Books, which is left out' },
    ]);
  });

  it('leaves out a key that has ended, a second one of its name, and a subscription whose API is gone', () => {
    const { leftOut } = make(
      shown('RestApi', 'one'),
      shown('RestApi', 'two', { displayName: 'Two' }),
      below('ApiKey', { kind: 'RestApi', name: 'one' }, { name: 'key', apiKey: '***1' }),
      below('ApiKey', { kind: 'RestApi', name: 'two' }, { name: 'key', apiKey: '***2' }),
      below('ApiKey', { kind: 'RestApi', name: 'two' }, { name: 'old', expiresAt: '2026-01-01T00:00:00Z' }),
      below('Subscription', undefined, { id: 's-1', apiId: 'gone', status: 'ACTIVE' }),
    );
    expect(leftOut.map(({ why }) => why)).to.deep.equal([
      'another one of its name is there, of RestApi one',
      'spec.expiresAt: lies in the past, got "2026-01-01T00:00:00Z"',
      'what it belongs to is not there any more',
    ]);
  });

  it('tells what admission will refuse', () => {
    const { resources, notes } = make(
      shown('LlmProxy', 'assistant'),
      shown('RestApi', 'env', { displayName: '{{ env "X" }}' }),
    );
    expect(resources).to.have.length(2);
    expect(notes.map(({ what, text, isRefused }) => [what, text.split(';')[0], isRefused])).to.deep.equal([
      ['RestApi env', 'spec.displayName: calls env in a template', true],
      ['LlmProxy assistant', 'spec.provider.id: names LlmProvider vendor, which is not there', true],
    ]);
  });

  it('has a template that gateways ship with only where somebody has changed it', () => {
    const changed = shown('LlmProviderTemplate', 'gemini');
    const status = { ...times, updatedAt: '2026-01-02T00:00:00Z' };
    const { resources, shipped } = make(shown('LlmProviderTemplate', 'openai'), {
      ...changed,
      item: { ...changed.item, status },
    });
    expect(shipped).to.equal(1);
    expect(resources.map(({ manifest }) => manifest.metadata)).to.deep.equal([
      { name: 'gemini', annotations: { 'gateway.api-platform.wso2.com/adoption-policy': 'IfUnowned' } },
    ]);
  });

  it('keeps labels and annotations, but not what only we, kubectl or the operator read, nor what Kubernetes refuses', () => {
    const { resources, notes } = make(
      shown(
        'RestApi',
        'books',
        {},
        {
          labels: { team: 'a', 'no good': 'x', long: 'x'.repeat(64), 'app.kubernetes.io/name': 'x' },
          annotations: {
            'gateway.api-platform.wso2.com/artifact-id': '1',
            'gateway.api-platform.wso2.com/reconcile': 'Paused',
            'gateway.api-platform.wso2.com/managed-by': 'portcullis/c/RestApi/shop/books',
            'gateway.api-platform.wso2.com/policy-valuefrom-fingerprint': 'x',
            'kubectl.kubernetes.io/last-applied-configuration': 'hush',
          },
        },
      ),
    );
    expect(resources[0]?.manifest.metadata).to.deep.equal({
      name: 'books',
      labels: { team: 'a' },
      annotations: { 'gateway.api-platform.wso2.com/artifact-id': '1' },
    });
    expect(notes.map(({ text }) => text.split(':')[0])).to.deep.equal([
      'label "app.kubernetes.io/name"',
      'label "long"',
      'label "no good"',
      'annotation "gateway.api-platform.wso2.com/reconcile"',
    ]);
  });

  it('is the same whatever the order of the lists was', () => {
    const all = [
      shown('RestApi', 'b', { displayName: 'B' }),
      shown('RestApi', 'a', { displayName: 'A' }),
      below(
        'Subscription',
        { kind: 'RestApi', name: 'a' },
        { id: 's-1', status: 'ACTIVE', applicationId: 'x' },
      ),
      below(
        'Subscription',
        { kind: 'RestApi', name: 'a' },
        { id: 's-2', status: 'ACTIVE', applicationId: 'x' },
      ),
    ];
    const text = ({ resources, keepers }: ReturnType<typeof make>) =>
      resources.map(resourceText).join('---\n') + secretsText(keepers);
    expect(text(make(...all.toReversed()))).to.equal(text(make(...all)));
  });

  it('stands in files that are applied in the order of their names, Secrets first', () => {
    const { resources } = make(
      shown('LlmProxy', 'assistant'),
      shown('LlmProvider', 'vendor', { template: 'own' }),
      shown('LlmProviderTemplate', 'own'),
      shown('Secret', 'token'),
    );
    const paths = filesOf(resources, 'kind', table).map(({ path }) => path);
    expect([secretsFile, ...paths]).to.deep.equal([secretsFile, ...paths].toSorted());
    expect(paths.map((path) => path.slice(3))).to.deep.equal([
      'secrets.yaml',
      'llmprovidertemplates.yaml',
      'llmproviders.yaml',
      'llmproxies.yaml',
    ]);
  });

  it('has no key in a Secret for what is to be filled in, so that applying it again takes nothing away', () => {
    const { keepers } = make(
      shown('RestApi', 'books'),
      below('ApiKey', { kind: 'RestApi', name: 'books' }, { name: 'key', apiKey: '***12345\nx: y' }),
    );
    const text = secretsText(keepers);
    expect(parse(text)).to.deep.include({ kind: 'Secret', metadata: { name: 'apikey-key' }, stringData: {} });
    expect(text).to.contain('#  apiKey: … (spec.apiKey; the gateway tells: ***12345 x: y)');
  });
});

describe('a name', () => {
  it('is one that Kubernetes takes, whatever it is made of', () => {
    for (const text of ['Gold Plan', 'a/b é', '..x..', 'A'.repeat(300), 'a.-b'])
      expect(nameFault(nameFrom(text)), text).to.equal(undefined);
    expect(nameFrom('é')).to.equal('');
    expect(shortName('a'.repeat(300))).to.have.length(253);
  });
});

describe('the order of creation', () => {
  it('knows every kind that a reference of any fixture names', () => {
    const order = creationOrder(table);
    expect(order).to.have.members(table.rows);
    for (const { judged, file, folder } of readCorpus()) {
      const row = table.get(judged.kind);
      if (folder === 'refused') continue;
      const kinds = referencesOf(row, judged.spec).flatMap((reference) => reference.kinds);
      expect(kindsReferredTo(row), file).to.include.members(kinds);
      for (const kind of kinds)
        expect(order.indexOf(table.get(kind)), file).to.be.lessThan(order.indexOf(row));
    }
  });
});
