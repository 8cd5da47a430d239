import { expect } from 'chai';
import { compare } from '../../../src/compare/compare.ts';
import { table } from '../../../src/kinds/table.ts';
import { markAnnotation } from '../../../src/model/annotations.ts';
import { documentOf } from '../../../src/model/document.ts';
import type { Generation } from '../../../src/model/generation.ts';
import type { Item } from '../../../src/model/item.ts';
import { minimal, type KindName } from '../../support/manifests.ts';

const wanted = (kind: KindName, change: object = {}, generation: Generation = 'v0.9') =>
  documentOf(table.get(kind), {
    name: 'x',
    labels: { team: 'a' },
    annotations: { 'example.com/note': 'n' },
    spec: { ...minimal[kind], ...change },
    generation,
    mark: 'portcullis/c/k/n/x',
    idOf: (_kind, name) => name,
  });

/** What a gateway returns of an enveloped document, with one part changed; undefined removes it. */
function returned(document: object, edit: Case['edit']): Item {
  const item = structuredClone(document) as Record<string, unknown>;
  item.status = { id: 'x', state: 'deployed', updatedAt: '2026-01-01T00:00:00.000000001Z' };
  if (edit === undefined) return item;
  const [steps, value] = edit;
  const holder = steps
    .slice(0, -1)
    .reduce<Record<string, unknown>>((part, step) => part[step] as Record<string, unknown>, item);
  if (value === undefined) Reflect.deleteProperty(holder, steps.at(-1)!);
  else holder[steps.at(-1)!] = value;
  return item;
}

interface Case {
  readonly says: string;
  readonly kind: KindName;
  readonly spec?: object;
  readonly generation?: Generation;
  readonly from?: 'get' | 'list';
  readonly edit?: readonly [steps: readonly string[], value: unknown];
  readonly differences?: readonly string[];
  readonly hidden?: boolean;
}

const note = 'example.com/note';
const applied = 'kubectl.kubernetes.io/last-applied-configuration';
const hiddenKey = {
  upstream: { url: 'https://v.example', auth: { type: 'api-key', header: 'X-Key', value: 'key' } },
};
const secretValue = ['spec', 'upstream', 'auth', 'value'];

/** By kind: what is special of the document, what of the answer, and what is to be found out. */
const cases: readonly Case[] = [
  { says: 'takes what comes back unchanged for equal', kind: 'RestApi' },
  {
    says: 'does not mind that vhosts are added',
    kind: 'RestApi',
    edit: [['spec', 'vhosts'], { main: '*', sandbox: 'sandbox-*' }],
  },
  {
    says: 'minds that vhosts change which the document has',
    kind: 'RestApi',
    spec: { vhosts: { main: 'a.example' } },
    edit: [['spec', 'vhosts', 'main'], 'b'],
    differences: ['spec.vhosts.main'],
  },
  {
    says: 'takes a rendered $version for what was written',
    kind: 'RestApi',
    spec: { context: '/b/$version' },
    from: 'list',
    edit: [['spec', 'context'], '/b/v1.0'],
  },
  {
    says: 'names a field that was edited',
    kind: 'RestApi',
    edit: [['spec', 'upstream', 'main', 'url'], 'http://evil'],
    differences: ['spec.upstream.main.url'],
  },
  {
    says: 'names an element that was edited',
    kind: 'RestApi',
    edit: [['spec', 'operations', '0', 'path'], '/y'],
    differences: ['spec.operations[0].path'],
  },
  {
    says: 'names a list that grew',
    kind: 'RestApi',
    edit: [['spec', 'operations', '1'], {}],
    differences: ['spec.operations'],
  },
  {
    says: 'names a field that was added',
    kind: 'RestApi',
    edit: [['spec', 'policies'], []],
    differences: ['spec.policies'],
  },
  {
    says: 'names a field that vanished',
    kind: 'RestApi',
    spec: { policies: [] },
    edit: [['spec', 'policies'], undefined],
    differences: ['spec.policies'],
  },
  {
    says: 'does not mind a field that the generation drops',
    kind: 'RestApi',
    spec: { resilience: { timeout: '5s' } },
    edit: [['spec', 'resilience'], undefined],
  },
  {
    says: 'minds it where the generation keeps it',
    kind: 'RestApi',
    generation: 'v1',
    spec: { resilience: { timeout: '5s' } },
    edit: [['spec', 'resilience'], undefined],
    differences: ['spec.resilience'],
  },
  {
    says: 'names an annotation that was edited',
    kind: 'RestApi',
    edit: [['metadata', 'annotations', note], 'm'],
    differences: [`metadata.annotations["${note}"]`],
  },
  {
    says: 'names labels that were removed',
    kind: 'RestApi',
    edit: [['metadata', 'labels'], undefined],
    differences: ['metadata.labels["team"]'],
  },
  {
    says: 'does not mind that our mark is missing',
    kind: 'RestApi',
    edit: [['metadata', 'annotations', markAnnotation], undefined],
  },
  {
    says: 'minds a manifest that was left in an annotation',
    kind: 'RestApi',
    edit: [['metadata', 'annotations', applied], '{}'],
    differences: [`metadata.annotations["${applied}"]`],
  },
  {
    says: 'believes the state and not the spec',
    kind: 'RestApi',
    spec: { deploymentState: 'undeployed' },
    differences: ['spec.deploymentState'],
  },
  {
    says: 'names a state that was changed by hand',
    kind: 'RestApi',
    edit: [['status', 'state'], 'undeployed'],
    differences: ['spec.deploymentState'],
  },
  {
    says: 'does not ask a kind for a state that it does not follow',
    kind: 'WebSubApi',
    spec: { deploymentState: 'undeployed' },
  },
  {
    says: 'compares a credential that is shown',
    kind: 'LlmProvider',
    spec: hiddenKey,
    edit: [secretValue, 'other'],
    differences: ['spec.upstream.auth.value'],
  },
  {
    says: 'tells that a credential is hidden',
    kind: 'LlmProvider',
    generation: 'v1',
    spec: hiddenKey,
    edit: [secretValue, undefined],
    hidden: true,
  },
  {
    says: 'does not mind the defaults of a template',
    kind: 'LlmProviderTemplate',
    generation: 'v1',
    edit: [['spec', 'managedBy'], 'organization'],
  },
  {
    says: 'minds them where the generation adds none',
    kind: 'LlmProviderTemplate',
    edit: [['spec', 'managedBy'], 'organization'],
    differences: ['spec.managedBy'],
  },
  { says: 'reads a description without our mark', kind: 'Secret', spec: { value: 'v', description: 'mine' } },
  {
    says: 'knows that the list of secrets shows a part',
    kind: 'Secret',
    spec: { value: 'v', description: 'mine' },
    from: 'list',
    edit: [['spec'], { displayName: 'token' }],
    hidden: true,
  },
  { says: 'takes null for absent', kind: 'RestApi', edit: [['spec', 'policies'], null] },
];

describe('comparing what a gateway returns with what it should hold', () => {
  for (const {
    says,
    kind,
    spec,
    generation = 'v0.9',
    from = 'get',
    edit,
    differences = [],
    hidden = false,
  } of cases) {
    it(says, () => {
      const document = wanted(kind, spec, generation);
      const result = compare(table.get(kind), document, returned(wanted(kind, spec), edit), {
        generation,
        from,
      });
      expect(result).to.deep.equal({ differences, hidden });
    });
  }

  const key = {
    name: 'k',
    apiKey: 'a-long-key-ending-in-59888',
    expiresAt: '2030-01-01T00:00:00Z',
    externalRefId: 'm',
  };
  const view = { generation: 'v1', from: 'list' } as const;

  it('reads a masked key by its last characters', () => {
    const item = { ...key, apiKey: '***59888', source: 'external', expiresAt: '2030-01-01T01:00:00+01:00' };
    expect(compare(table.get('ApiKey'), key, item, view)).to.deep.equal({ differences: [], hidden: true });
    expect(
      compare(table.get('ApiKey'), key, { ...item, apiKey: '***aaaaa' }, view).differences,
    ).to.deep.equal(['apiKey']);
  });

  it('looks only at what a PUT can change where a PUT can change a part', () => {
    const item = { id: '1', apiId: 'a-uuid', status: 'INACTIVE' };
    const document = { apiId: 'books', status: 'ACTIVE', subscriptionToken: 't' };
    expect(compare(table.get('Subscription'), document, item, view)).to.deep.equal({
      differences: ['status'],
      hidden: true,
    });
  });
});
