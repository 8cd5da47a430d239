import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { group } from '../../../src/model/generation.ts';
import { helmFor } from '../../support/cluster/helm.ts';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { crdFolder } from '../../support/root.ts';
import { chart, home, type Rendered } from './rendered.ts';

describe('definitions that another chart owns', function () {
  // The first run on a machine builds helm.
  this.timeout(600_000);
  const cluster = useCluster();
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-helm-'));
    const files = (await readdir(crdFolder)).filter((file) => file.endsWith('.yaml'));
    const texts = await Promise.all(files.map((file) => readFile(join(crdFolder, file), 'utf8')));
    const items = texts.map((text) => ownedByOthers(parse(text) as Rendered));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], list);
  });
  after(async () => {
    await kubectl(['apply', '--server-side', '--force-conflicts', '-f', crdFolder]);
    await rm(folder, { recursive: true, force: true });
  });

  const install = async (...more: string[]) => {
    const helm = await helmFor(cluster(), folder);
    const place = ['--namespace', home, '--create-namespace', '--dry-run=server'];
    return await helm(['install', 'portcullis', chart, ...place, ...more]);
  };

  it('stay theirs, and the release is refused', async () => {
    const { code, stderr } = await install();
    expect(code).not.to.equal(0);
    expect(stderr).to.contain(group).and.to.contain('current value is "platform-operator"');
  });

  it('become the release’s where that is asked for', async () => {
    const { code, stderr } = await install('--take-ownership');
    expect(code, stderr).to.equal(0);
  });

  it('are left alone where the release is to bring none', async () => {
    const { code, stdout, stderr } = await install('--set', 'crds.install=false');
    expect(code, stderr).to.equal(0);
    expect(stdout).not.to.contain('kind: CustomResourceDefinition');
  });
});

/** As the release of the platform's operator would have left it. */
function ownedByOthers({ metadata, ...rest }: Rendered): object {
  const annotations = {
    'meta.helm.sh/release-name': 'platform-operator',
    'meta.helm.sh/release-namespace': 'platform',
  };
  const labels = { ...metadata.labels, 'app.kubernetes.io/managed-by': 'Helm' };
  return { ...rest, metadata: { ...metadata, annotations, labels } };
}
