import { expect } from 'chai';
import { adminPortGuarded } from '../../../controller/gateway/admin-news.ts';
import { gatewayStatusOf, type GatewayReport } from '../../../controller/gateway/gateway-status.ts';
import { policiesKnown, policyStatusOf, type PolicyNews } from '../../../controller/gateway/policy-news.ts';

describe('what the status of a gateway says of its policies', () => {
  const before = { policies: [{ name: 'p', version: 'v1.0.0' }], policyHash: 'h' };
  const off: PolicyNews = { is: 'unknown', reason: 'DumpIsOff', message: 'it is off' };

  it('stays while they are not known', () => {
    expect(policyStatusOf(before, off)).to.deep.equal(before);
    expect(policyStatusOf(before, undefined)).to.deep.equal(before);
    expect(policiesKnown(off)[0]).to.include({ status: 'False', reason: 'DumpIsOff', message: 'it is off' });
  });

  it('goes when there is nobody to ask', () => {
    expect(policyStatusOf(before, { is: 'nowhere' })).to.deep.equal({});
    expect(policiesKnown({ is: 'nowhere' })[0]).to.include({ status: 'Unknown', reason: 'NoAdminUrl' });
  });

  it('is replaced by what was learned', () => {
    const policies = [{ name: 'q', version: 'v2.0.0' }];
    expect(policyStatusOf(before, { is: 'known', by: 'gateway', policies, hash: 'i' })).to.deep.equal({
      policies,
      policyHash: 'i',
    });
  });

  it('has no condition before anything was learned', () =>
    expect(policiesKnown(undefined)).to.deep.equal([]));
});

describe('what the status of a gateway says of its admin port', () => {
  const report: GatewayReport = {
    generationOfSpec: 1,
    apiVersion: 'v0.9',
    problem: undefined,
    faults: [],
    bound: 0,
    programmed: 0,
    failing: 0,
    templates: [],
    home: 'gw',
    reach: 'OwnNamespace',
    removals: {
      holds: 0,
      going: 0,
      gone: 0,
      allowance: 0,
      isHeld: false,
      maxPercent: 20,
      released: undefined,
    },
  };
  const types = (admin: GatewayReport['admin'], before?: GatewayReport['admin']) => {
    const first = gatewayStatusOf(undefined, { ...report, admin: before }, new Date(0));
    return gatewayStatusOf(first, { ...report, admin }, new Date(0)).conditions?.map(({ type }) => type);
  };

  it('warns where anybody may read the secrets in its dump, and names the ways out', () => {
    const [condition] = adminPortGuarded({ is: 'open' });
    expect(condition).to.include({ status: 'False', reason: 'SecretsInClear' });
    expect(condition?.message).to.contain('NetworkPolicy').and.to.contain('admin_server.allowed_ips');
  });

  it('is good where credentials are asked for, or nothing is given', () => {
    expect(adminPortGuarded({ is: 'guarded' })[0]).to.include({
      status: 'True',
      reason: 'AsksForCredentials',
    });
    expect(adminPortGuarded({ is: 'off' })[0]).to.include({ status: 'True', reason: 'DumpIsOff' });
  });

  it('is nothing before it was asked, and nothing any more when it is not named', () => {
    expect(types(undefined)).not.to.include('AdminPortGuarded');
    expect(types(undefined, { is: 'open' })).to.include('AdminPortGuarded');
    expect(types({ is: 'nowhere' }, { is: 'open' })).not.to.include('AdminPortGuarded');
  });
});
