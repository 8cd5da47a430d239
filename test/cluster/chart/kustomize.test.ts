import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { group } from '../../../src/model/generation.ts';
import { findBinary } from '../../support/cluster/binaries.ts';
import { run } from '../../support/cluster/run.ts';
import { chart, objectsIn } from './rendered.ts';

const resource = (kind: string, name: string, spec: object) => ({
  apiVersion: `${group}/v1`,
  kind,
  metadata: { name },
  spec,
});

const key = { name: 'login', key: 'token' };
const resources = [
  resource('Subscription', 'reader', { subscriptionToken: { valueFrom: key } }),
  resource('Subscription', 'writer', { subscriptionToken: { valueFrom: { secretKeyRef: key } } }),
  resource('Certificate', 'written-out', { certificate: '-----BEGIN CERTIFICATE-----' }),
  resource('ApiKey', 'partner', { apiKey: { value: 'written out' } }),
  resource('LlmProxy', 'chat', {
    provider: { id: 'one' },
    additionalProviders: [{ id: 'two', auth: { value: { valueFrom: key } } }, { id: 'three' }],
  }),
  resource('APIGateway', 'main', {
    configRef: { name: 'values' },
    management: { auth: { basic: { secretRef: { name: 'login' } } } },
  }),
];

describe('kustomize, told of our kinds by the chart', function () {
  // The first run on a machine builds kubectl.
  this.timeout(600_000);
  let folder: string;
  let built: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-kustomize-'));
    await cp(join(chart, 'files/kustomize.yaml'), join(folder, 'names.yaml'));
    await writeFile(join(folder, 'resources.yaml'), resources.map((one) => stringify(one)).join('---\n'));
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: ['resources.yaml'],
      configurations: ['names.yaml'],
      secretGenerator: [{ name: 'login', literals: ['token=t', 'username=u', 'password=p'] }],
      configMapGenerator: [{ name: 'values', literals: ['values.yaml=a: b'] }],
    };
    await writeFile(join(folder, 'kustomization.yaml'), stringify(kustomization));
    const { code, stdout, stderr } = await run(await findBinary('kubectl'), ['kustomize', folder]);
    expect(code, stderr).to.equal(0);
    built = stdout;
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('follows the names that it gives to Secrets, however a spec names them', () => {
    const generated = objectsIn(built).find(
      ({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Secret',
    );
    expect(generated?.metadata.name).to.match(/^login-/);
    const specs = new Map(
      objectsIn(built).map(({ metadata, spec }) => [metadata.name, JSON.stringify(spec)]),
    );
    for (const name of ['reader', 'writer', 'chat', 'main'])
      expect(specs.get(name)).to.contain(`"name":"${generated?.metadata.name}"`);
  });

  it('follows the names of ConfigMaps, and leaves what stands in a spec itself', () => {
    const generated = objectsIn(built).find(({ kind }) => kind === 'ConfigMap');
    const find = (name: string) => objectsIn(built).find(({ metadata }) => metadata.name === name)?.spec;
    expect(find('main')).to.have.nested.property('configRef.name', generated?.metadata.name);
    expect(find('written-out')).to.deep.equal({ certificate: '-----BEGIN CERTIFICATE-----' });
    expect(find('partner')).to.deep.equal({ apiKey: { value: 'written out' } });
  });
});
