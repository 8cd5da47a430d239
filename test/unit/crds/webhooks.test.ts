import { expect } from 'chai';
import { webhookConfigurations } from '../../../src/manifests/webhooks.ts';
import { reviewGroup } from '../../../src/kinds/review-policy.ts';
import { group } from '../../../src/model/generation.ts';

interface Webhook {
  readonly name: string;
  readonly failurePolicy: string;
  readonly sideEffects: string;
  readonly timeoutSeconds: number;
  readonly clientConfig: object;
  readonly namespaceSelector: object;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly operations: readonly string[];
    readonly scope: string;
  }[];
}

describe('the webhook configurations', () => {
  const place = { namespace: 'home', service: 'webhook', port: 443, name: 'portcullis' };
  const configurations = webhookConfigurations(place, {
    rows: ['things', 'parts'],
    related: ['things'],
    gateway: 'gates',
    policy: 'policies',
  }) as unknown as readonly {
    readonly webhooks: readonly Webhook[];
  }[];
  const webhooks = configurations.flatMap((configuration) => configuration.webhooks);
  const rules = webhooks.flatMap((webhook) => webhook.rules);

  it('have three webhooks at most', () => {
    for (const configuration of configurations) expect(configuration.webhooks.length).to.be.within(1, 3);
  });

  it('are about our kinds alone, and neither their status nor any other part of them', () => {
    expect(rules).to.have.length(webhooks.length);
    for (const rule of rules.filter(({ apiGroups }) => !apiGroups.includes(reviewGroup))) {
      expect(rule.apiGroups).to.deep.equal([group]);
      expect(['things', 'parts', 'gates']).to.include.members([...rule.resources]);
      expect(rule.scope).to.equal('Namespaced');
    }
  });

  it('have policies, which are of no namespace, judged by a webhook of their own', () => {
    const [webhook, ...others] = webhooks.filter((one) => one.rules[0]?.apiGroups.includes(reviewGroup));
    expect(others).to.deep.equal([]);
    const operations = ['CREATE', 'UPDATE'];
    expect(webhook?.rules).to.deep.equal([
      {
        apiGroups: [reviewGroup],
        apiVersions: ['v1'],
        operations,
        resources: ['policies'],
        scope: 'Cluster',
      },
    ]);
    expect(webhook).not.to.have.property('namespaceSelector');
    expect(webhook?.failurePolicy).to.equal('Fail');
  });

  it('never make a deletion depend on us', () => {
    for (const { failurePolicy, rules: own } of webhooks)
      if (own.some(({ operations }) => operations.includes('DELETE') || operations.includes('*')))
        expect(failurePolicy).to.equal('Ignore');
  });

  it('leave kube-system alone, write nothing on their own, and wait for a few seconds at most', () => {
    const key = 'kubernetes.io/metadata.name';
    for (const { rules: own, namespaceSelector, sideEffects, timeoutSeconds } of webhooks) {
      const matchExpressions = [{ key, operator: 'NotIn', values: ['kube-system'] }];
      if (own.some(({ scope }) => scope !== 'Cluster'))
        expect(namespaceSelector).to.deep.equal({ matchExpressions });
      expect(sideEffects).to.equal('None');
      expect(timeoutSeconds).to.be.at.most(5);
    }
  });

  it('carry no CA, which an upgrade would put in the place of the one that is kept there', () => {
    for (const { clientConfig } of webhooks) expect(clientConfig).to.have.all.keys('service');
  });
});
