import { expect } from 'chai';
import { gatewaySources } from '../../../src/checks/gateway.ts';

describe('what an APIGateway names outside itself', () => {
  it('includes the ConfigMap of its policies, so that its author has to be allowed to read it', () => {
    const spec = { apiSelector: {}, management: { policyDefinitionsRef: { name: 'ours' } } };
    expect(gatewaySources(spec)).to.deep.equal([
      {
        path: 'management.policyDefinitionsRef',
        from: 'ConfigMap',
        source: { is: 'key', name: 'ours', key: 'policies.json', optional: false },
      },
    ]);
  });

  it('is nothing where it says nothing', () => expect(gatewaySources({ apiSelector: {} })).to.deep.equal([]));
});
