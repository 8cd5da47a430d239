import { expect } from 'chai';
import { group } from '../../../src/model/generation.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { minimal } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';

describe('policies, from the gateway that has loaded them to the refusal of kubectl', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack;
  let namespace: string;

  const gateway = (name: string, management: object) => ({
    apiVersion: `${group}/v1`,
    kind: 'APIGateway',
    metadata: { name, namespace },
    spec: {
      apiSelector: { scope: 'LabelSelector', matchLabels: { gateway: `${namespace}-${name}` } },
      management: { url: stack.gatewayUrl, auth: { basic: { secretRef: { name: 'admin' } } }, ...management },
    },
  });
  const api = (on: string, policy: object) => ({
    apiVersion: `${group}/v1`,
    kind: 'RestApi',
    metadata: { name: 'books', namespace, labels: { gateway: `${namespace}-${on}` } },
    spec: { ...minimal.RestApi, policies: [policy] },
  });
  const apply = (object: object, ...args: string[]) =>
    cluster().kubectlRun(['apply', '-f', '-', ...args], JSON.stringify(object));

  before(async () => {
    stack = await startStack({ cluster: cluster(), api: 'v1' });
    namespace = await freshNamespace('policies');
    const literals = ['--from-literal=username=admin', '--from-literal=password=admin'];
    await kubectl(['create', 'secret', 'generic', 'admin', '-n', namespace, ...literals]);
    for (const object of [gateway('told', { adminUrl: stack.adminUrl }), gateway('untold', {})]) {
      const { code, stderr } = await apply(object);
      expect(code, stderr).to.equal(0);
    }
    const known = ['wait', '--for=condition=PoliciesKnown', 'apigateway/told', '-n', namespace];
    await kubectl([...known, '--timeout=60s']);
    // The informer of the webhook may be a moment behind.
    await new Promise((resolve) => setTimeout(resolve, 500));
  });
  after(() => stack.stop());

  const headers = (value: unknown) => ({ request: { headers: [{ name: 'x-a', value }] } });

  it('refuses one that the gateway has not, and says which was meant', async () => {
    const { code, stderr } = await apply(api('told', { name: 'set-header', version: 'v1' }));
    expect(code).not.to.equal(0);
    expect(stderr).to.contain(
      `spec.policies[0].name: is no policy of gateway ${namespace}/told, got "set-header"; did you mean set-headers?`,
    );
  });

  it('refuses a version that the gateway has not', async () => {
    const { code, stderr } = await apply(api('told', { name: 'set-headers', version: 'v9' }));
    expect(code).not.to.equal(0);
    expect(stderr).to.contain(`got "v9"; there is v1`);
  });

  it('refuses parameters that its definition does not take', async () => {
    const given = { name: 'set-headers', version: 'v1', params: headers(1) };
    const { code, stderr } = await apply(api('told', given));
    expect(code).not.to.equal(0);
    expect(stderr).to.contain(
      'spec.policies[0].params.request.headers[0].value: must be a value of type string',
    );
  });

  it('admits what the definition takes, without a word', async () => {
    const given = { name: 'set-headers', version: 'v1', params: headers('1') };
    const { code, stderr } = await apply(api('told', given), '--dry-run=server');
    expect(code, stderr).to.equal(0);
    // What a dry run foretells is nothing against it.
    const foretold = `Warning: gateway ${namespace}/told: would create RestApi ${namespace}/books`;
    expect(stderr.trim()).to.equal(foretold);
  });

  it('admits anything with a warning where the gateway tells nobody', async () => {
    const { code, stderr } = await apply(api('untold', { name: 'nosuch' }), '--dry-run=server');
    expect(code, stderr).to.equal(0);
    expect(stderr)
      .to.contain('Warning')
      .and.to.contain(`what gateway ${namespace}/untold loaded is not known`);
  });

  it('refuses what is not among those that the APIGateway gives for a gateway that tells nobody', async () => {
    const own = { name: 'our-own', version: 'v1.0.0', parameters: { required: ['limit'] } };
    const text = JSON.stringify({ policies: [own] });
    await kubectl(['create', 'configmap', 'ours', '-n', namespace, `--from-literal=policies.json=${text}`]);
    await apply(gateway('given', { policyDefinitionsRef: { name: 'ours' } }));
    const known = ['wait', '--for=condition=PoliciesKnown', 'apigateway/given', '-n', namespace];
    await kubectl([...known, '--timeout=60s']);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const unknown = await apply(api('given', { name: 'our-owl', version: 'v1' }));
    expect(unknown.code).not.to.equal(0);
    expect(unknown.stderr).to.contain(
      `is no policy of gateway ${namespace}/given, got "our-owl"; did you mean`,
    );
    const lacking = await apply(api('given', { name: 'our-own', version: 'v1', params: {} }));
    expect(lacking.code).not.to.equal(0);
    expect(lacking.stderr).to.contain('limit');
  });

  it('refuses a ConfigMap of policies that is not there', async () => {
    const { code, stderr } = await apply(gateway('lost', { policyDefinitionsRef: { name: 'absent' } }));
    expect(`${code} ${stderr}`).to.contain(
      `spec.management.policyDefinitionsRef: names ConfigMap ${namespace}/absent, which does not exist`,
    );
  });
});
