import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { group } from '../../../src/model/generation.ts';
import { startCluster, type Cluster } from '../../support/cluster/cluster.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { succeed } from '../../support/installation.ts';
import { minimal } from '../../support/manifests.ts';
import { root } from '../../support/root.ts';
import { startStack, type Stack } from '../../support/stack.ts';

const execute = promisify(execFile);
const namespace = 'default';

describe('docs/uninstall.md', function () {
  this.timeout(180_000);
  // Everything of everybody is deleted: not where others test.
  let cluster: Cluster;
  let stack: Stack;
  let steps: readonly string[];

  before(async () => {
    steps = commandsIn(await readFile(join(root, 'docs/uninstall.md'), 'utf8'));
    cluster = await startCluster();
    stack = await startStack({ cluster, api: 'v1' });
  });
  after(async () => {
    await stack.stop();
    await cluster.stop();
  });

  /** Runs the commands of a step, with this cluster as kubectl's own. */
  const follow = async (step: number) => {
    const env = {
      ...process.env,
      PATH: `${dirname(cluster.kubectl)}:${process.env.PATH ?? ''}`,
      KUBECONFIG: cluster.kubeconfig,
    };
    await execute('bash', ['-euo', 'pipefail', '-c', steps[step] ?? 'false'], { env, timeout: 60_000 });
  };
  const furnish = async (title: string) => {
    await apply(gatewayFor(stack, { scope: 'Namespaced' }, namespace));
    await apply(resource('RestApi', title, { ...minimal.RestApi, displayName: title, context: `/${title}` }));
    await apply(resource('ApiKey', `${title}-key`, { parentRef: { kind: 'RestApi', name: title } }));
    for (const one of [`restapi/${title}`, `apikey/${title}-key`])
      await succeed(cluster, ['wait', '--for=condition=Ready', one, '-n', namespace, '--timeout=60s']);
  };
  const apply = (object: object) =>
    succeed(cluster, ['apply', '-n', namespace, '-f', '-'], JSON.stringify(object));
  const left = () =>
    succeed(cluster, ['get', 'restapis,apikeys,apigateways', '--all-namespaces', '-o', 'name']);
  const atGateway = async () => {
    const headers = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
    const answer = await fetch(`${stack.gatewayUrl}/api/management/v1/rest-apis`, { headers });
    expect(answer.status).to.equal(200);
    return await answer.text();
  };

  it('begins with the configurations, which nobody puts back', async () => {
    await furnish('books');
    await follow(0);
    const kinds = 'validatingwebhookconfigurations,mutatingwebhookconfigurations';
    expect(await succeed(cluster, ['get', kinds, '-o', 'name'])).to.equal('');
  });

  it('lets everything go after that, also without a webhook, and takes it off the gateways', async () => {
    for (const webhook of stack.webhooks) {
      webhook.terminate();
      await webhook.ended;
    }
    expect(await atGateway()).to.contain('books');
    await follow(1);
    await follow(2);
    expect(await left()).to.equal('');
    expect(await atGateway()).not.to.contain('books');
  });

  it('lets everything go when the controller is gone as well, and leaves the gateways as they are', async () => {
    await furnish('films');
    await stack.endController();
    await succeed(cluster, ['delete', 'restapi', 'films', '-n', namespace, '--wait=false']);
    expect(await left()).to.contain('films');
    await follow(3);
    await follow(1);
    await follow(2);
    expect(await left()).to.equal('');
    expect(await atGateway()).to.contain('films');
  });
});

function resource(kind: string, name: string, spec: object): object {
  return { apiVersion: `${group}/v1`, kind, metadata: { name }, spec };
}

/** The commands of a page, block by block. */
function commandsIn(page: string): readonly string[] {
  return [...page.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm)].map(([, , commands = '']) => commands);
}
