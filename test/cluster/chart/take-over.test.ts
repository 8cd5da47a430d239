import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { group } from '../../../src/model/generation.ts';
import { helmFor } from '../../support/cluster/helm.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { minimal } from '../../support/manifests.ts';
import { crdFolder } from '../../support/root.ts';
import { chart, type Rendered } from './rendered.ts';

const definition = `crd/restapis.${group}`;
/** Not the name under which other tests of this control plane put roles of theirs there. */
const release = 'gates';
const forced = ['--server-side', '--force-conflicts'];

describe('definitions that the platform has put there', function () {
  // The first run on a machine builds helm.
  this.timeout(600_000);
  const cluster = useCluster();
  let folder: string;
  let namespace: string;
  let home: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-helm-'));
    const files = (await readdir(crdFolder)).filter((file) => file.endsWith('.yaml'));
    const texts = await Promise.all(files.map((file) => readFile(join(crdFolder, file), 'utf8')));
    const items = texts.map((text) => asThePlatforms(parse(text) as Definition));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await kubectl(['apply', ...forced, '--field-manager=platform', '-f', '-'], list);
    await kubectl(['wait', '--for=condition=Established', definition, '--timeout=60s']);
    home = await freshNamespace('release');
    namespace = await freshNamespace('platform');
    const metadata = { name: 'books', namespace };
    const resource = { apiVersion: `${group}/v1`, kind: 'RestApi', metadata, spec: minimal.RestApi };
    await kubectl(['apply', '-f', '-'], JSON.stringify(resource));
  });
  after(async () => {
    await kubectl(['apply', ...forced, '-f', crdFolder]);
    await kubectl(['delete', 'namespace', namespace, home, '--wait=false']);
    await rm(folder, { recursive: true, force: true });
  });

  const helm = async (...args: string[]) => await (await helmFor(cluster(), folder))(args);
  const install = async (...more: string[]) =>
    await helm('install', release, chart, '--namespace', home, ...more);
  const told = (path: string) => kubectl(['get', definition, '-o', `jsonpath={${path}}`]);
  const uid = () => kubectl(['get', 'restapi', 'books', '-n', namespace, '-o', 'jsonpath={.metadata.uid}']);

  it('stay as they are, and the release is refused', async () => {
    const { code, stderr } = await install('--dry-run=server');
    expect(code).not.to.equal(0);
    expect(stderr).to.contain(group).and.to.contain('invalid ownership metadata');
    expect(await told('.spec.names.shortNames[0]')).to.equal('theirs-restapi');
  });

  it('are left alone where the release is to bring none', async () => {
    const { code, stdout, stderr } = await install('--dry-run=server', '--set', 'crds.install=false');
    expect(code, stderr).to.equal(0);
    expect(stdout).not.to.contain('kind: CustomResourceDefinition');
  });

  it('become the release’s and ours where that is asked for, and stay when it goes, with what is stored', async () => {
    const before = await uid();
    const { code, stderr } = await install('--take-ownership', '--force-conflicts');
    expect(code, stderr).to.equal(0);
    expect(await told('.metadata.annotations.meta\\.helm\\.sh/release-name')).to.equal(release);
    expect(await told('.spec.names.shortNames[0]')).not.to.contain('theirs');
    const gone = await helm('uninstall', release, '--namespace', home, '--no-hooks');
    expect(gone.code, gone.stderr).to.equal(0);
    expect(await uid()).to.equal(before);
  });
});

interface Definition extends Rendered {
  readonly spec: { readonly names: { readonly singular: string } };
}

/** Under the same name, with something else in it. */
function asThePlatforms({ metadata, spec, ...rest }: Definition): object {
  const names = { ...spec.names, shortNames: [`theirs-${spec.names.singular}`] };
  return { ...rest, metadata: { name: metadata.name }, spec: { ...spec, names } };
}
