import { expect } from 'chai';
import { chart, helmAlone, rendered, renderedText, valueSets, type Rendered } from './rendered.ts';

const named = (objects: readonly Rendered[], kind: string) =>
  objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);

describe('the chart', function () {
  // The first run on a machine builds helm.
  this.timeout(600_000);

  it('passes the strict eye of helm with each set of values', async () => {
    for (const values of await valueSets()) {
      const { code, stdout } = await helmAlone([
        'lint',
        '--strict',
        chart,
        '--values',
        `${chart}/ci/${values}-values.yaml`,
      ]);
      expect(code, `${values}: ${stdout}`).to.equal(0);
    }
  });

  it('is tried with five sets of values', async () => {
    expect(await valueSets()).to.deep.equal(['defaults', 'everything', 'namespaces', 'provided', 'vault']);
  });

  const wrong: readonly [string, string, string][] = [
    ['a misspelt value', 'webhook.replica=3', "at '/webhook': additional properties 'replica' not allowed"],
    ['a value at the top that is none', 'replicas=3', "additional properties 'replicas' not allowed"],
    [
      'a word that stands for nothing',
      'certificates.mode=selfsigned',
      "at '/certificates/mode': value must be one of",
    ],
    [
      'a text in place of a number',
      'controller.shards=many',
      "at '/controller/shards': got string, want integer",
    ],
    ['a number out of bounds', 'controller.shards=65', "at '/controller/shards': maximum"],
    ['a duration without a unit', 'webhook.drain=5', "at '/webhook/drain'"],
    [
      'an action that there is none',
      'reviewPolicies.packs.baseline.action=Refuse',
      "at '/reviewPolicies/packs/baseline/action': value must be one of",
    ],
    [
      'a host that is an expression',
      'reviewPolicies.packs.restricted.allowedHosts={"] + x}',
      "at '/reviewPolicies/packs/restricted/allowedHosts/0'",
    ],
    ['the namespace that is never served', 'watchNamespaces={kube-system}', "at '/watchNamespaces/0'"],
    ['Vault without its address', 'certificates.mode=vault', "at '/certificates/vault/address': minLength"],
    [
      'an unknown field of a probe',
      'webhook.livenessProbe.period=3',
      "additional properties 'period' not allowed",
    ],
  ];
  for (const [what, setting, message] of wrong) {
    it(`refuses ${what}`, async () => {
      const { code, stderr } = await helmAlone(['template', 'portcullis', chart, '--set', setting]);
      expect(code).not.to.equal(0);
      expect(stderr).to.contain(message);
    });
  }

  it('renders no CA, in no set of values and nowhere', async () => {
    for (const values of await valueSets()) expect(await renderedText(values)).not.to.contain('caBundle');
  });

  it('leaves no placeholder standing', async () => {
    for (const values of await valueSets()) {
      const texts = (await rendered(values)).filter(
        ({ kind }) => !['CustomResourceDefinition', 'PrometheusRule', 'ConfigMap'].includes(kind),
      );
      expect(JSON.stringify(texts), values).not.to.match(/\{\{|<no value>|%!|TODO/);
    }
  });

  it('gives every object the labels of its release', async () => {
    for (const values of await valueSets())
      for (const { kind, metadata } of await rendered(values))
        expect(metadata.labels, `${kind} ${metadata.name}`).to.include({
          'app.kubernetes.io/instance': 'portcullis',
          'app.kubernetes.io/managed-by': 'Helm',
          'app.kubernetes.io/part-of': 'portcullis',
        });
  });

  it('keeps the definitions when the release goes, unless it is told to take them along', async () => {
    const policies = async (...more: string[]) =>
      (await rendered('defaults', ...more))
        .filter(({ kind }) => kind === 'CustomResourceDefinition')
        .map(({ metadata }) => metadata.annotations?.['helm.sh/resource-policy']);
    expect(new Set(await policies())).to.deep.equal(new Set(['keep']));
    expect(new Set(await policies('--set', 'crds.keep=false'))).to.deep.equal(new Set([undefined]));
    expect(await policies('--set', 'crds.install=false')).to.deep.equal([]);
  });

  it('leaves the number of replicas to the autoscaler where there is one', async () => {
    const deployment = (await rendered('everything')).find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'portcullis-webhook',
    );
    expect(deployment?.spec).not.to.have.property('replicas');
  });

  it('brings no monitoring that nobody asked for', async () => {
    const objects = await rendered('defaults');
    expect(named(objects, 'ConfigMap')).to.deep.equal(['portcullis-packs']);
    for (const kind of ['ServiceMonitor', 'PrometheusRule', 'NetworkPolicy', 'HorizontalPodAutoscaler'])
      expect(named(objects, kind), kind).to.deep.equal([]);
  });

  it('takes a digest before a tag', async () => {
    const text = await renderedText('everything');
    expect(text).to.contain('image: registry.example.com/gateways/portcullis@sha256:0123');
    expect(text).not.to.contain('portcullis:0.1.0@');
  });
});
