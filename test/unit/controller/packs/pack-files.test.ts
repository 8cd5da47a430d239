import { expect } from 'chai';
import { hasAll } from '../../../../controller/packs/has-all.ts';
import { packFiles } from '../../../../controller/packs/pack-files.ts';

const configMap = (data?: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'packs', namespace: 'home' },
  ...(data && { data }),
});
const policy = '{kind: ReviewPolicy, metadata: {name: a}, spec: {rules: []}}';

describe('the ConfigMap of the packs', () => {
  it('tells the policies of each pack, marked as those of the pack', () => {
    const files = packFiles(
      configMap({ 'baseline.yaml': `[${policy}]`, 'restricted.yaml': '[]', notes: 'x' }),
    );
    expect([...files.keys()]).to.deep.equal(['baseline', 'restricted']);
    expect(files.get('restricted')).to.deep.equal([]);
    const [first] = files.get('baseline') ?? [];
    expect(first?.metadata.name).to.equal('a');
    expect(first?.metadata.labels).to.deep.equal({
      'app.kubernetes.io/part-of': 'portcullis',
      'review.gateway.api-platform.wso2.com/pack': 'baseline',
    });
  });

  it('tells of no pack where it is empty', () => {
    expect(packFiles(configMap()).size).to.equal(0);
  });

  for (const [what, text] of [
    ['no list', policy],
    ['nothing', ''],
    ['another kind', '[{kind: Secret, metadata: {name: a}, spec: {}}]'],
    ['a policy without a name', '[{kind: ReviewPolicy, metadata: {}, spec: {}}]'],
    ['no YAML', '[{'],
  ] as const)
    it(`is not believed where a pack is ${what}`, () => {
      expect(() => packFiles(configMap({ 'baseline.yaml': text, 'restricted.yaml': '[]' }))).to.throw();
    });

  it('gives a policy another digest when it loses something', () => {
    const digestOf = (spec: string) =>
      packFiles(configMap({ 'a.yaml': `[{kind: ReviewPolicy, metadata: {name: a}, spec: ${spec}}]` })).get(
        'a',
      )?.[0]?.metadata.annotations;
    expect(digestOf('{rules: [], match: {}}')).not.to.deep.equal(digestOf('{rules: []}'));
  });
});

describe('what is stored', () => {
  it('may have more than is wanted, but in a list', () => {
    expect(hasAll({ a: 1, b: [{ c: 1, d: 2 }] }, { b: [{ c: 1 }] })).to.equal(true);
    expect(hasAll({ b: [{ c: 1 }, { c: 2 }] }, { b: [{ c: 1 }] })).to.equal(false);
    expect(hasAll({ b: [] }, { b: [{ c: 1 }] })).to.equal(false);
  });

  it('must have what is wanted as it is', () => {
    expect(hasAll({ a: 'x' }, { a: 'y' })).to.equal(false);
    expect(hasAll(undefined, { a: 'y' })).to.equal(false);
    expect(hasAll({ a: null }, { a: {} })).to.equal(false);
  });
});
