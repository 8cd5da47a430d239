import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { group } from '../../../src/model/generation.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { minimal } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';

const unreviewed = 'kube-system';

describe('what stands in kube-system, where nothing is reviewed', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  const edge = `edge-${randomBytes(4).toString('hex')}`;
  let stack: Stack;
  let namespace: string;

  before(async () => {
    stack = await startStack({ cluster: cluster(), api: 'v1' });
    namespace = await freshNamespace('reviewed');
  });
  after(async () => {
    await kubectl(['delete', 'restapi,apigateway', '--all', '-n', unreviewed, '--timeout=30s']);
    await kubectl(['delete', 'secret', 'gateway-admin', '-n', unreviewed]);
    await kubectl(['delete', 'namespace', namespace, '--timeout=60s']);
    await stack.stop();
  });

  const apply = (where: string, object: object) =>
    kubectl(['apply', '-n', where, '-f', '-'], JSON.stringify(object));
  const api = (name: string) => ({
    apiVersion: `${group}/v1`,
    kind: 'RestApi',
    metadata: { name, labels: { edge } },
    spec: { ...minimal.RestApi, displayName: `${edge} ${name}`, context: `/${edge}/${name}` },
  });
  const status = (kind: string, name: string) =>
    kubectl(['get', kind, name, '-n', unreviewed, '-o', 'jsonpath={.status}{.metadata.finalizers}']);

  it('is not served, neither a gateway nor a resource that a gateway elsewhere selects', async () => {
    await apply(unreviewed, gatewayFor(stack, { scope: 'Namespaced' }));
    await apply(unreviewed, api('unseen'));
    await apply(namespace, gatewayFor(stack, { scope: 'LabelSelector', matchLabels: { edge } }));
    await apply(namespace, api('seen'));
    await kubectl(['wait', '--for=condition=Ready', 'restapi/seen', '-n', namespace, '--timeout=60s']);
    expect(await status('restapi', 'unseen')).to.equal('');
    expect(await status('apigateway', 'emulated')).to.equal('');
  });
});
