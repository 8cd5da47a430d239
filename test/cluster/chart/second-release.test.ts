import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { helmFor } from '../../support/cluster/helm.ts';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { chart, home, rendered } from './rendered.ts';

describe('a release beside another one', function () {
  // The first run on a machine builds helm.
  this.timeout(600_000);
  const cluster = useCluster();
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-helm-'));
  });
  afterEach(() => kubectl(['delete', 'validatingwebhookconfiguration', 'elsewhere', '--ignore-not-found']));
  after(() => rm(folder, { recursive: true, force: true }));

  const install = async () => {
    const helm = await helmFor(cluster(), folder);
    // Who owns the definitions is for helm itself to say.
    const judged = ['--set', 'crds.install=false', '--dry-run=server'];
    return await helm(['install', 'second', chart, '--namespace', home, '--create-namespace', ...judged]);
  };
  /** What another release would have left in the cluster, and reviews nothing. */
  const put = async (annotations: Readonly<Record<string, string>>) => {
    const objects = await rendered('defaults');
    const found = objects.find(({ kind }) => kind === 'ValidatingWebhookConfiguration');
    const webhooks = found?.webhooks?.map((webhook) => ({ ...webhook, failurePolicy: 'Ignore' }));
    const standing = { ...found, metadata: { name: 'elsewhere', annotations }, webhooks };
    await kubectl(['apply', '-f', '-'], JSON.stringify(standing));
  };

  it('is refused, and is told whose that is and what can be done', async () => {
    await put({ 'meta.helm.sh/release-name': 'first', 'meta.helm.sh/release-namespace': 'bank' });
    const { code, stderr } = await install();
    expect(code).not.to.equal(0);
    expect(stderr)
      .to.contain('ValidatingWebhookConfiguration elsewhere belongs to release "first" in namespace "bank"')
      .and.to.contain('helm uninstall first --namespace bank');
  });

  it('is refused too where no helm has put the other there', async () => {
    await put({});
    const { code, stderr } = await install();
    expect(code).not.to.equal(0);
    expect(stderr).to.contain('kubectl delete validatingwebhookconfiguration elsewhere');
  });

  it('is installed where the other is itself', async () => {
    await put({ 'meta.helm.sh/release-name': 'second', 'meta.helm.sh/release-namespace': home });
    const { code, stderr } = await install();
    expect(code, stderr).to.equal(0);
  });
});
