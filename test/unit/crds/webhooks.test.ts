import { expect } from 'chai';
import { webhookConfigurations } from '../../../crds/webhooks.ts';
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
  }) as unknown as readonly {
    readonly webhooks: readonly Webhook[];
  }[];
  const webhooks = configurations.flatMap((configuration) => configuration.webhooks);
  const rules = webhooks.flatMap((webhook) => webhook.rules);

  it('have two webhooks at most', () => {
    for (const configuration of configurations) expect(configuration.webhooks.length).to.be.within(1, 2);
  });

  it('are about our kinds alone, and neither their status nor any other part of them', () => {
    expect(rules).to.have.length(webhooks.length);
    for (const rule of rules) {
      expect(rule.apiGroups).to.deep.equal([group]);
      expect(['things', 'parts', 'gates']).to.include.members([...rule.resources]);
      expect(rule.scope).to.equal('Namespaced');
    }
  });

  it('never make a deletion depend on us', () => {
    for (const { failurePolicy, rules: own } of webhooks)
      if (own.some(({ operations }) => operations.includes('DELETE') || operations.includes('*')))
        expect(failurePolicy).to.equal('Ignore');
  });

  it('leave kube-system alone, write nothing on their own, and wait for a few seconds at most', () => {
    const key = 'kubernetes.io/metadata.name';
    for (const { namespaceSelector, sideEffects, timeoutSeconds } of webhooks) {
      const matchExpressions = [{ key, operator: 'NotIn', values: ['kube-system'] }];
      expect(namespaceSelector).to.deep.equal({ matchExpressions });
      expect(sideEffects).to.equal('None');
      expect(timeoutSeconds).to.be.at.most(5);
    }
  });

  it('carry no CA, which an upgrade would put in the place of the one that is kept there', () => {
    for (const { clientConfig } of webhooks) expect(clientConfig).to.have.all.keys('service');
  });
});
