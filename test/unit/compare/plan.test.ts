import { expect } from 'chai';
import { plan, type AdoptionPolicy, type Plan, type Standing } from '../../../src/compare/plan.ts';
import { table } from '../../../src/kinds/table.ts';
import { documentOf } from '../../../src/model/document.ts';
import type { Item } from '../../../src/model/item.ts';
import { markOf } from '../../../src/model/mark.ts';
import { minimal } from '../../support/manifests.ts';

const mark = markOf({ cluster: 'c', kind: 'LlmProvider', namespace: 'shop', name: 'x' });
const foreign = markOf({ cluster: 'c', kind: 'LlmProvider', namespace: 'other', name: 'x' });
const withKey = { url: 'https://v.example', auth: { type: 'api-key', header: 'X-Key', value: 'key' } };

const documentWith = (by: string) =>
  documentOf(table.get('LlmProvider'), {
    name: 'x',
    labels: {},
    annotations: {},
    spec: { ...minimal.LlmProvider, upstream: withKey },
    generation: 'v1',
    mark: by,
    idOf: () => undefined,
  });

/** What the gateway returns: without the credential, as generation 1 does. */
function item(by: string | undefined, change: object = {}): Item {
  const { metadata, spec } = documentWith(by ?? mark) as { metadata: { name: string }; spec: object };
  const { url, auth } = withKey;
  const shown = { ...spec, upstream: { url, auth: { type: auth.type, header: auth.header } }, ...change };
  const status = { state: 'deployed', updatedAt: 't1' };
  return { metadata: by === undefined ? { name: metadata.name } : metadata, spec: shown, status };
}

interface Case {
  readonly says: string;
  readonly item: Item | undefined;
  readonly standing?: Standing;
  readonly adoption?: AdoptionPolicy;
  readonly renders?: boolean;
  readonly abandoned?: boolean;
  readonly is: Plan['is'];
  readonly differences?: readonly string[];
}

const held: Standing = { fingerprint: 'now', remoteUpdatedAt: 't1' };

const cases: readonly Case[] = [
  { says: 'creates what is absent', item: undefined, is: 'create' },
  { says: 'creates what is absent though it is remembered', item: undefined, standing: held, is: 'create' },
  { says: 'leaves alone what is equal and untouched', item: item(mark), standing: held, is: 'same' },
  {
    says: 'leaves alone what was written before the list was dated',
    item: item(mark),
    standing: { fingerprint: 'now' },
    is: 'same',
  },
  {
    says: 'writes a credential that changed',
    item: item(mark),
    standing: { ...held, fingerprint: 'then' },
    is: 'change',
    differences: ['credential'],
  },
  {
    says: 'writes a credential that somebody may have changed',
    item: item(mark),
    standing: { ...held, remoteUpdatedAt: 't0' },
    is: 'change',
    differences: ['credential'],
  },
  {
    says: 'writes a credential of which nothing is remembered',
    item: item(mark),
    is: 'change',
    differences: ['credential'],
  },
  {
    says: 'writes what differs',
    item: item(mark, { context: '/y' }),
    standing: held,
    is: 'change',
    differences: ['spec.context'],
  },
  {
    says: 'does not write what the gateway does not keep',
    item: item(mark, { context: '/y' }),
    standing: { ...held, unkept: ['spec.context'] },
    is: 'same',
  },
  { says: "never writes what bears another's mark", item: item(foreign), standing: held, is: 'taken' },
  {
    says: "never writes what bears another's mark, whatever the policy",
    item: item(foreign),
    adoption: 'IfUnowned',
    is: 'taken',
  },
  {
    says: "leaves another's mark alone while its owner lives",
    item: item(foreign),
    adoption: 'Always',
    is: 'taken',
  },
  {
    says: 'overrides the mark of nobody where that is allowed',
    item: item(foreign),
    adoption: 'Always',
    abandoned: true,
    is: 'change',
  },
  {
    says: 'refuses what is unmarked and different',
    item: item(undefined, { context: '/y' }),
    is: 'taken',
    differences: ['spec.context'],
  },
  {
    says: 'adopts what is unmarked and looks equal, and writes its credential once',
    item: item(undefined),
    is: 'change',
    differences: ['credential'],
  },
  {
    says: 'adopts what is unmarked and different where that is allowed',
    item: item(undefined, { context: '/y' }),
    adoption: 'IfUnowned',
    is: 'change',
    differences: ['spec.context'],
  },
  {
    says: 'refuses what is unmarked and equal where nothing may be adopted',
    item: item(undefined),
    adoption: 'Never',
    is: 'taken',
  },
  {
    says: 'knows what it wrote itself though the mark was lost',
    item: item(undefined),
    standing: held,
    adoption: 'Never',
    is: 'same',
  },
];

describe('the least change that makes a gateway hold what is wanted', () => {
  for (const {
    says,
    item: there,
    standing,
    adoption = 'IfEqual',
    renders = false,
    abandoned = false,
    is,
    differences,
  } of cases) {
    it(says, () => {
      const result = plan({
        row: table.get('LlmProvider'),
        wanted: { document: documentWith(mark), mark, fingerprint: 'now', renders },
        standing,
        mayHaveWritten: standing !== undefined,
        item: there,
        adoption,
        view: { generation: 'v1', from: 'get' },
        mayOverride: () => abandoned,
      });
      expect(result.is).to.equal(is);
      if (differences !== undefined) expect(result).to.deep.include({ differences });
    });
  }
});

describe('what can bear no mark, under the key that it has alone', () => {
  const row = table.get('SubscriptionPlan');
  const planOf = (
    id: string,
    { mayHaveWritten, billingPlan = 'old' }: { mayHaveWritten: boolean; billingPlan?: string },
  ) => {
    const document = { planName: 'gold', billingPlan: 'new', stopOnQuotaReach: true, status: 'ACTIVE' };
    return plan({
      row,
      wanted: { document, mark, fingerprint: 'now', key: 'gold', renders: false },
      standing: mayHaveWritten ? { id: 'id-1' } : undefined,
      mayHaveWritten,
      item: { ...document, id, billingPlan },
      adoption: 'IfEqual',
      view: { generation: 'v1', from: 'get' },
      mayOverride: () => false,
    });
  };

  it('is ours under another id too, where we wrote it before: it was created again, and its id was never told', () => {
    expect(planOf('id-2', { mayHaveWritten: true })).to.deep.include({
      is: 'change',
      differences: ['billingPlan'],
    });
    expect(planOf('id-2', { mayHaveWritten: true, billingPlan: 'new' })).to.deep.include({
      is: 'same',
      adopts: false,
    });
  });

  it("is somebody else's where we never wrote it", () => {
    expect(planOf('id-2', { mayHaveWritten: false })).to.deep.include({ is: 'taken', by: undefined });
  });
});
