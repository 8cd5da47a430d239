import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { crdNarrowings, type Definition } from '../../../../crds/compat/compare-crds.ts';
import { crdFolder, root } from '../../../support/root.ts';

const version = (name: string, more: object = {}) => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: { openAPIV3Schema: { type: 'object' } },
  subresources: { status: {} },
  selectableFields: [{ jsonPath: '.spec.a' }],
  additionalPrinterColumns: [{ name: 'Age' }],
  ...more,
});
const definition = (spec: object = {}): Definition =>
  ({
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind: 'Thing', plural: 'things', shortNames: ['th'] },
      versions: [version('v1'), version('v1alpha1')],
      ...spec,
    },
  }) as Definition;
const versions = (more: object) => ({ versions: [version('v1', more), version('v1alpha1')] });

describe('a released CRD can not', () => {
  const cases: readonly (readonly [says: string, spec: object, pointers: readonly string[]])[] = [
    ['lose a version', { versions: [version('v1')] }, ['/spec/versions/1']],
    ['cease to serve one', versions({ served: false }), ['/spec/versions/0/served']],
    [
      'store another one',
      { versions: [version('v1', { storage: false }), version('v1alpha1', { storage: true })] },
      ['/spec/versions/0/storage', '/spec/versions/1/storage'],
    ],
    ['lose its status', versions({ subresources: {} }), ['/spec/versions/0/subresources/status']],
    ['lose a field to select by', versions({ selectableFields: [] }), ['/spec/versions/0/selectableFields']],
    [
      'have a narrower schema, wherever the version stands now',
      {
        versions: [
          version('v1alpha1'),
          version('v1', { schema: { openAPIV3Schema: { type: 'object', minProperties: 1 } } }),
        ],
      },
      ['/spec/versions/1/schema/openAPIV3Schema/minProperties'],
    ],
    ['move to another group', { group: 'example.org' }, ['/spec/group']],
    ['leave its namespaces', { scope: 'Cluster' }, ['/spec/scope']],
    [
      'have another name',
      { names: { kind: 'Item', plural: 'items' } },
      ['/spec/names/kind', '/spec/names/plural'],
    ],
    ['be converted otherwise', { conversion: { strategy: 'Webhook' } }, ['/spec/conversion']],
  ];
  for (const [says, spec, pointers] of cases)
    it(says, () => {
      const found = crdNarrowings(definition(), definition(spec)).map(({ pointer }) => pointer);
      expect(found).to.deep.equal(pointers);
    });
});

describe('a released CRD can', () => {
  const cases: readonly (readonly [says: string, spec: object])[] = [
    ['stay as it is', {}],
    ['lose a printer column', versions({ additionalPrinterColumns: [] })],
    ['have another short name', { names: { kind: 'Thing', plural: 'things', shortNames: ['t'] } }],
    ['have a further version', { versions: [version('v2'), version('v1'), version('v1alpha1')] }],
    ['be deprecated', versions({ deprecated: true })],
    ['have a further subresource', versions({ subresources: { status: {}, scale: {} } })],
  ];
  for (const [says, spec] of cases)
    it(says, () => expect(crdNarrowings(definition(), definition(spec))).to.deep.equal([]));
});

describe('npm run crds:compat', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'crds/compat/main.ts'), ...args], { encoding: 'utf8' });
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-crds-'));
    await cp(crdFolder, folder, { recursive: true, filter: (name) => !name.endsWith('.ts') });
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('finds that the CRDs of this tree take all that every release took', () => {
    const { status, stdout, stderr } = run();
    expect(stderr).to.equal('');
    expect(status).to.equal(0);
    expect(stdout).to.match(/^\d+ CRDs accept and keep all that they did in 0\.1\.0/);
  });

  it('names every narrowing with its CRD, the release and where it is, and ends with 1', async () => {
    const file = join(folder, 'restapis.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      text.replace('served: true', 'served: false').replace('scope: Namespaced', 'scope: Cluster'),
    );
    await rm(join(folder, 'mcps.yaml'));
    const { status, stderr } = run('--crds', folder);
    expect(status).to.equal(1);
    const name = (plural: string) => `${plural}.gateway.api-platform.wso2.com (since 0.1.0)`;
    expect(stderr).to.contain(`${name('restapis')} /spec/versions/0/served: `);
    expect(stderr).to.contain(`${name('restapis')} /spec/scope: `);
    expect(stderr).to.contain(`${name('mcps')} : the CRD is gone`);
    expect(stderr).to.contain('3 changes take away');
  });

  it('compares with every release there is', async () => {
    await cp(join(folder, 'released', '0.1.0'), join(folder, 'released', '0.2.0'), { recursive: true });
    await rm(join(folder, 'mcps.yaml'));
    const { stderr } = run('--crds', folder);
    expect(stderr).to.contain('since 0.1.0').and.to.contain('since 0.2.0');
  });

  it('ends with 2 where it can tell nothing', async () => {
    await rm(join(folder, 'released'), { recursive: true });
    expect(run('--crds', folder).status).to.equal(2);
    expect(run('--all').status).to.equal(2);
  });

  it('says in its help how a release is recorded', () => {
    const { status, stdout } = run('--help');
    expect(status).to.equal(0);
    expect(stdout).to.contain('crds/released');
  });
});
