import { expect } from 'chai';
import { table } from '../../src/kinds/table.ts';
import { group } from '../../src/model/generation.ts';
import { eventually } from '../cluster/controller/scene.ts';
import { servedBy } from '../demo/examples.ts';
import { needPods } from './place.ts';
import { home, release, startSite, type Site } from './release.ts';

const served = table.rows.filter(({ collection }) => collection.generations.includes('v0.9'));
const plurals = served.map(({ plural }) => `${plural}.${group}`);
const all = [...plurals, `apigateways.${group}`].join(',');

interface Stored {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
  };
}

describe('helm uninstall, and what stays', function () {
  this.timeout(300_000);
  let site: Site;
  const kubectl = (...args: readonly string[]) => site.kubectl(args);
  const uninstall = async () => {
    const { code, stderr } = await site.helm([
      ...['uninstall', release, '--namespace', home, '--wait', '--timeout', '4m'],
    ]);
    expect(code, `${stderr}\n${await site.story()}`).to.equal(0);
  };
  const stored = async () => {
    const text = await kubectl('get', all, '-A', '-o', 'json');
    return (JSON.parse(text) as { readonly items: readonly Stored[] }).items;
  };
  const ready = async () =>
    await kubectl('wait', '--for=condition=Ready', plurals.join(','), '--all', '-n', 'shop', '--timeout=90s');
  const ours = ['-l', 'app.kubernetes.io/part-of=portcullis', '-o', 'name'];
  /** What an installation consists of, CRDs apart. */
  const remains = async () =>
    await kubectl(
      ...['get', 'deployments,services,jobs,pods,serviceaccounts,poddisruptionbudgets,roles,rolebindings'],
      ...['-n', home, ...ours],
    );
  const clusterWide = async () =>
    await kubectl(
      'get',
      'validatingwebhookconfigurations,mutatingwebhookconfigurations,clusterroles,clusterrolebindings',
      ...ours,
    );

  before(async function () {
    // The first run on a machine builds the control plane and helm.
    this.timeout(3_600_000);
    await needPods(this);
    site = await startSite();
    await site.install();
    await kubectl('create', 'namespace', 'shop');
    await site.kubectl(['apply', '-f', '-'], servedBy(site.examples, 'v0.9'));
    await ready();
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) console.error(await site.story());
  });
  after(async () => {
    await (site as Site | undefined)?.stop();
  });

  it('leaves nothing of the installation, and no webhook that nobody serves', async () => {
    await uninstall();

    expect(await clusterWide()).to.equal('');
    // Pods are given the time to drain.
    await eventually(async () => expect(await remains()).to.equal(''), 60_000);
  });

  it('leaves the resources and what gateways hold, with nothing that would keep them from going', async () => {
    const left = await stored();
    expect(left).to.have.length.greaterThan(served.length);
    expect(left.filter(({ metadata }) => (metadata.finalizers ?? []).length > 0)).to.deep.equal([]);
    expect(left.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)).to.deep.equal([]);
    expect(site.gateway.stored('rest-apis')).to.not.be.empty;
  });

  it('lets it be installed again over the CRDs and resources that stayed, and the gateway is written nothing anew', async () => {
    const before = new Map(
      (await stored()).map(({ kind, metadata }) => [`${kind}/${metadata.name}`, metadata.uid]),
    );
    const books = JSON.stringify(site.gateway.stored('rest-apis'));
    await site.install({ uninstall: { resources: 'delete' } });
    // What was Ready before says so still; taken on again it is once our finalizer stands on it.
    await eventually(async () => {
      const free = (await stored()).filter(
        ({ kind, metadata }) => kind !== 'APIGateway' && !metadata.finalizers?.length,
      );
      expect(free).to.deep.equal([]);
    }, 60_000);
    await ready();

    const after = new Map(
      (await stored()).map(({ kind, metadata }) => [`${kind}/${metadata.name}`, metadata.uid]),
    );
    expect(after).to.deep.equal(before);
    expect(JSON.stringify(site.gateway.stored('rest-apis'))).to.equal(books);
  });

  it('deletes the resources and what gateways hold of them, where the values say so', async () => {
    await uninstall();

    expect(await stored()).to.deep.equal([]);
    for (const path of [
      'rest-apis',
      'mcp-proxies',
      'llm-providers',
      'secrets',
      'certificates',
      'subscription-plans',
    ])
      expect(site.gateway.stored(path), path).to.deep.equal([]);
    expect(await clusterWide()).to.equal('');
    await eventually(async () => expect(await remains()).to.equal(''), 60_000);
  });

  it('lets every namespace go', async () => {
    await kubectl('delete', 'namespace', 'shop', home, '--timeout=90s');
  });
});
