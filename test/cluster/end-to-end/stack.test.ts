import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { table } from '../../../src/kinds/table.ts';
import { annotation } from '../../../src/model/annotations.ts';
import { group } from '../../../src/model/generation.ts';
import { exampleManifests, servedBy } from '../../demo/examples.ts';
import { refusals } from '../../demo/refusals.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { root } from '../../support/root.ts';
import { startStack, type Stack } from '../../support/stack.ts';

const samples = join(root, '../shared/samples');

/** Waits for every resource of ours in a namespace. */
async function allReady(namespace: string, except: readonly string[] = []): Promise<void> {
  for (const { plural, kind } of table.rows) {
    if (except.includes(kind)) continue;
    const type = `${plural}.${group}`;
    if ((await kubectl(['get', type, '-n', namespace, '-o', 'name'])) === '') continue;
    await kubectl(['wait', '--for=condition=Ready', type, '--all', '-n', namespace, '--timeout=60s']);
  }
}

/** Deletes the resources first: with its APIGateway gone a gateway is forgotten, and what it holds stays there. */
async function removeAll(namespace: string): Promise<void> {
  // In one go and in the order of the table: parents before their children, which a person may only do by asking for it.
  await kubectl(['annotate', 'namespace', namespace, `${annotation.allowDelete}=true`]);
  const types = table.rows.map(({ plural }) => `${plural}.${group}`).join(',');
  await kubectl(['delete', types, '--all', '-n', namespace, '--timeout=60s']);
  await kubectl(['delete', 'namespace', namespace, '--timeout=120s']);
}

for (const api of ['v0.9', 'v1'] as const) {
  describe(`webhook, controller and a gateway of generation ${api}, as processes of their own`, function () {
    this.timeout(240_000);
    const cluster = useCluster();
    let stack: Stack;

    before(async () => {
      stack = await startStack({ cluster: cluster(), api });
    });
    after(async () => {
      await kubectl(['delete', 'apigateways', '--all', '-A', '--wait=false']);
      await stack.stop();
    });

    it('make every example Ready, refuse what must not get in, and let all of it go again', async () => {
      const manifests = servedBy(await exampleManifests(stack.gatewayUrl, stack.adminUrl), api);
      await kubectl(['apply', '-f', '-'], manifests);
      await kubectl(
        ['apply', '-f', '-'],
        JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } }),
      );
      await allReady('shop');
      for (const { title, says, manifest } of refusals) {
        const { code, stderr } = await cluster().kubectlRun(['apply', '-f', '-'], JSON.stringify(manifest));
        expect(code, title).not.to.equal(0);
        expect(stderr, title).to.match(says);
      }
      await kubectl(['delete', 'namespace', 'shop', 'other', '--timeout=120s']);
    });

    it('see, by their roles, whether the platform’s own operator works anywhere', async () => {
      const log = await readFile(join(stack.logs, 'controller.log'), 'utf8');
      expect(log).not.to.contain("Nobody lets us see whether the platform's own operator works");
      expect(log).to.contain('the work begins');
    });

    describe('take real manifests of the platform', () => {
      before(function () {
        if (existsSync(samples)) return;
        process.stderr.write(
          `SKIPPED, loudly: ${samples} is not on this machine, so no real manifest is tried\n`,
        );
        this.skip();
      });

      it('unchanged, and every one becomes Ready', async () => {
        const folder = join(samples, 'operator-demo');
        const namespace = 'apigateway-demo';
        const files = (await readdir(folder))
          .filter((file) => file.endsWith('.yaml') && file !== '02-apigateway.yaml')
          .sort();
        await kubectl(['apply', '-f', join(folder, '00-namespace.yaml')]);
        await kubectl(['label', 'namespace', namespace, `${group}/enforcement=Warn`]);
        const labels = { [`${group}/restapi-target`]: 'wso2-crd' };
        await kubectl(
          ['apply', '-f', '-'],
          JSON.stringify(gatewayFor(stack, { scope: 'LabelSelector', matchLabels: labels }, namespace)),
        );
        for (const file of files) await kubectl(['apply', '-f', join(folder, file)]);
        await allReady(namespace);
        await removeAll(namespace);
      });

      it('that its users send to the management API, but for those with a fault', async () => {
        const folder = join(samples, 'examples');
        const namespace = await freshNamespace('by-hand');
        await kubectl(['label', 'namespace', namespace, `${group}/enforcement=Warn`]);
        await kubectl(
          ['apply', '-f', '-'],
          JSON.stringify(gatewayFor(stack, { scope: 'Namespaced' }, namespace)),
        );
        const known = ['wait', '--for=condition=PoliciesKnown', 'apigateway/emulated', '-n', namespace];
        await kubectl([...known, '--timeout=60s']);
        // The informer of the webhook may be a moment behind.
        await new Promise((resolve) => setTimeout(resolve, 500));
        const refused = new Map<string, string>();
        for (const file of [...(await readdir(folder)), ...(await readdir(folder))].filter((name) =>
          name.endsWith('.yaml'),
        )) {
          const text = await readFile(join(folder, file), 'utf8');
          const { code, stderr } = await cluster().kubectlRun(['apply', '-n', namespace, '-f', '-'], text);
          if (code === 0) refused.delete(file);
          else refused.set(file, stderr);
        }
        // The proxy names policies that no stock gateway has, which only generation 1 minds.
        const proxy = api === 'v1' ? ['llm-proxy.yaml'] : [];
        expect([...refused.keys()].sort()).to.deep.equal([...proxy, 'subscription-plan.yaml']);
        if (api === 'v1')
          expect(refused.get('llm-proxy.yaml')).to.contain('spec.policies[0].name: is no policy');
        expect(refused.get('subscription-plan.yaml')).to.match(
          /spec\.throttleLimitUnit: must be one of.*got "minutes"[^]*spec\.status: must be one of/,
        );
        // The placeholder is found out once its Secret is there, the absent plan for as long as it is absent.
        await allReady(namespace, ['Certificate', 'Subscription']);
        for (const type of ['certificates', 'subscriptions']) {
          await kubectl([
            'wait',
            '--for=condition=Ready=False',
            `${type}.${group}`,
            '--all',
            '-n',
            namespace,
            '--timeout=30s',
          ]);
        }
        await removeAll(namespace);
      });
    });
  });
}
