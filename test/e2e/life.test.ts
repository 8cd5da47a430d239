import { expect } from 'chai';
import { table } from '../../src/kinds/table.ts';
import { group } from '../../src/model/generation.ts';
import { servedBy } from '../demo/examples.ts';
import { refusals } from '../demo/refusals.ts';
import { needPods } from './place.ts';
import { chart, home, release, startSite, values, type Site } from './release.ts';
import { startWrites } from './writes.ts';

const served = table.rows.filter(({ collection }) => collection.generations.includes('v0.9'));

describe('the chart in a cluster, from helm install to a second release', function () {
  this.timeout(300_000);
  let site: Site;
  const kubectl = (...args: readonly string[]) => site.kubectl(args);
  /** Does something while the webhook is asked without a pause; nobody may be turned away. */
  const underWrites = async (work: () => Promise<unknown>) => {
    const writes = startWrites(site.cluster.kubeconfig, 'shop');
    await work().finally(async () => {
      const { admitted, failures } = await writes.end();
      expect(failures).to.deep.equal([]);
      expect(admitted).to.be.greaterThan(20);
    });
  };
  const readyPods = async () =>
    await kubectl('rollout', 'status', `deployment/${release}-webhook`, '-n', home, '--timeout=120s');

  before(async function () {
    // The first run on a machine builds the control plane and helm.
    this.timeout(3_600_000);
    await needPods(this);
    site = await startSite();
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) console.error(await site.story());
  });
  after(async () => {
    await (site as Site | undefined)?.stop();
  });

  it('is installed and ready, in a namespace that lets in no Pod which the restricted standard refuses', async () => {
    const says = await site.install();
    expect(says).to.contain('STATUS: deployed');
    const restricted = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'lax', namespace: home },
      spec: { containers: [{ name: 'lax', image: 'portcullis:0.1.0' }] },
    });
    const { stderr } = await site.cluster.kubectlRun(['apply', '-f', '-'], restricted);
    expect(stderr).to.contain('violates PodSecurity "restricted:latest"');
  });

  it('has nothing that a server-side diff of the chart would change', async () => {
    const files = ['--values', await site.valuesFile(values)];
    const rendered = await site.helm([
      'template',
      release,
      chart,
      '--namespace',
      home,
      '--no-hooks',
      ...files,
    ]);
    const { code, stdout, stderr } = await site.cluster.kubectlRun(
      ['diff', '--server-side', '--force-conflicts', '--namespace', home, '-f', '-'],
      rendered.stdout,
    );
    expect(stderr + stdout).to.equal('');
    expect(code).to.equal(0);
  });

  it('makes every example Ready on a gateway', async () => {
    await site.kubectl(['apply', '-f', '-'], servedBy(site.examples, 'v0.9'));
    await kubectl('create', 'namespace', 'other');
    for (const { plural } of served)
      await kubectl(
        'wait',
        '--for=condition=Ready',
        `${plural}.${group}`,
        '--all',
        '-n',
        'shop',
        '--timeout=60s',
      );
    expect(site.gateway.stored('rest-apis')).to.not.be.empty;
  });

  for (const { title, says, manifest } of refusals) {
    it(`refuses ${title}`, async () => {
      const { code, stderr } = await site.cluster.kubectlRun(['apply', '-f', '-'], JSON.stringify(manifest));
      expect(stderr).to.match(says);
      expect(code).to.equal(1);
    });
  }

  it('passes its own helm test', async () => {
    const { code, stdout, stderr } = await site.helm([
      'test',
      release,
      '--namespace',
      home,
      '--timeout',
      '2m',
    ]);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/Phase:\s+Succeeded/);
  });

  it('is upgraded with other values, and turns nobody away meanwhile', async () => {
    const reviewPolicies = { packs: { baseline: { enabled: true } } };
    await underWrites(() =>
      site.install({ webhook: { inlineSecrets: 'Deny' }, controller: { shards: 4 }, reviewPolicies }),
    );
    const args = ['get', 'deployment', `${release}-webhook`, '-n', home, '-o', 'json'];
    expect(await kubectl(...args)).to.contain('"value": "Deny"');
  });

  it('brings the pack that was switched on, and its policies find what is stored', async () => {
    const policies = ['rvp', '-l', 'review.gateway.api-platform.wso2.com/pack=baseline'];
    await kubectl('wait', '--for=create', 'rvp/baseline-inline-secrets', '--timeout=60s');
    await kubectl('wait', '--for=condition=Ready', ...policies, '--timeout=60s');
    expect((await kubectl('get', ...policies, '-o', 'name')).trim().split('\n')).to.have.length(6);
    const path = 'jsonpath={.status.conditions[?(@.type=="Reviewed")].status}';
    expect(await kubectl('get', 'restapi', 'books', '-n', 'shop', '-o', path)).to.equal('True');
  });

  it('is rolled back to what it was, and turns nobody away meanwhile', async () => {
    await underWrites(async () => {
      const { code, stderr } = await site.helm([
        ...['rollback', release, '1', '--namespace', home, '--wait', '--timeout', '3m'],
      ]);
      expect(code, stderr).to.equal(0);
    });
    const args = ['get', 'deployment', `${release}-webhook`, '-n', home, '-o', 'json'];
    expect(await kubectl(...args)).to.not.contain('"value": "Deny"');
  });

  it('restarts its Pods one after another, and turns nobody away meanwhile', async () => {
    await underWrites(async () => {
      await kubectl('rollout', 'restart', 'deployment', '-n', home);
      await readyPods();
    });
  });

  it('is upgraded twenty times, and the API server trusts it all the time', async () => {
    await underWrites(async () => {
      for (let turn = 0; turn < 20; turn += 1)
        await site.install({ webhook: { timeoutSeconds: 3 + (turn % 3) } }, []);
    });
  });

  it('goes on admitting when an upgrade names an image that nobody has, and is rolled back', async () => {
    await underWrites(async () => {
      const broken = await site.helm([
        ...['upgrade', release, chart, '--namespace', home, '--reuse-values', '--set', 'image.tag=lost'],
        ...['--wait', '--timeout', '15s'],
      ]);
      expect(broken.code).to.not.equal(0);
      const back = await site.helm(['rollback', release, '--namespace', home, '--wait', '--timeout', '3m']);
      expect(back.code, back.stderr).to.equal(0);
    });
    const image = await kubectl(
      'get',
      'pods',
      '-n',
      home,
      '-o',
      'jsonpath={.items[*].spec.containers[*].image}',
    );
    expect(new Set(image.split(' '))).to.deep.equal(new Set(['portcullis:0.1.0']));
  });

  it('refuses a second release, and says which one stands', async () => {
    const { code, stderr } = await site.helm(['install', 'another', chart, '--namespace', 'other']);
    expect(code).to.equal(1);
    expect(stderr).to.contain(`belongs to release "${release}" in namespace "${home}"`);
  });
});
