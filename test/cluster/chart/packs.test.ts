import { expect } from 'chai';
import { packFiles } from '../../../controller/packs/pack-files.ts';
import { packPolicies } from '../../../crds/packs.ts';
import { table } from '../../../src/kinds/table.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import { sentence } from '../../../src/model/violation.ts';
import { faultsOf } from '../../../src/review/compile.ts';
import { chart, helmAlone, rendered } from './rendered.ts';

const context = { table, schemas: new SchemaCheck() };

/** The packs as the controller reads them in a rendered chart. */
async function packsIn(values: string, ...more: string[]) {
  const objects = await rendered(values, ...more);
  const map = objects.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'portcullis-packs',
  );
  return packFiles({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '' }, data: map?.data ?? {} });
}

describe('the packs of the chart', function () {
  // The first run on a machine builds helm.
  this.timeout(600_000);

  it('are all switched off until they are asked for, which the ConfigMap says', async () => {
    const packs = await packsIn('defaults');
    expect([...packs]).to.deep.equal([
      ['baseline', []],
      ['restricted', []],
    ]);
  });

  it('are as they are written where nothing is said of them', async () => {
    const on = ['baseline', 'restricted'].flatMap((pack) => [
      '--set',
      `reviewPolicies.packs.${pack}.enabled=true`,
    ]);
    const packs = await packsIn('defaults', ...on);
    const given = [...packs.values()].flat().map(({ metadata, spec }) => [metadata.name, actionsOf(spec)]);
    expect(given).to.deep.equal(packPolicies().map(({ metadata, spec }) => [metadata.name, actionsOf(spec)]));
  });

  it('compile with every value that can be given', async () => {
    const policies = [...(await packsIn('everything')).values()].flat();
    expect(policies).to.have.length(packPolicies().length);
    for (const { metadata, spec } of policies)
      expect(faultsOf(spec, context).map(sentence), metadata.name).to.deep.equal([]);
  });

  it('take actions, a roll-out and exceptions from the values, each where it belongs', async () => {
    const policies = [...(await packsIn('everything')).values()].flat();
    const of = (name: string) => policies.find(({ metadata }) => metadata.name === name)?.spec;
    expect(actionsOf(of('baseline-plain-http'))).to.equal('Deny');
    expect(actionsOf(of('baseline-inline-secrets'))).to.equal('Audit');
    expect(actionsOf(of('restricted-upstream-hosts'))).to.equal('Warn');
    expect(of('baseline-plain-http')?.rollout).to.deep.equal([{ namespaces: ['legacy'], action: 'Audit' }]);
    expect(of('baseline-plain-http')?.match).to.deep.equal({ excludeNamespaces: ['sandbox-*'] });
    expect(of('baseline-plain-http')?.exceptions).to.have.length(2);
    expect(of('baseline-inline-secrets')?.exceptions?.map(({ reason }) => reason)).to.deep.equal([
      'goes away',
    ]);
    expect(of('restricted-llm-guardrail')).not.to.have.property('exceptions');
  });

  it('take parameters as literals, which nothing in them can leave', async () => {
    const policies = [...(await packsIn('everything')).values()].flat();
    const expressions = policies.flatMap(({ spec }) => spec.variables ?? []);
    const valueOf = (name: string) => expressions.find((one) => one.name === name)?.expression;
    expect(valueOf('allowedHosts')).to.equal('["api.example.com","*.partners.example.com"]');
    expect(valueOf('certificateWarnBefore')).to.equal('duration("1440h")');
    const quoted = ['--skip-schema-validation', '--set-json'];
    const nasty = JSON.stringify(['"] + [object.spec', '{{ .Values }}', '<&>']);
    const on = ['--set', 'reviewPolicies.packs.restricted.enabled=true'];
    const hosts = (
      await packsIn('defaults', ...on, ...quoted, `reviewPolicies.packs.restricted.allowedHosts=${nasty}`)
    )
      .get('restricted')
      ?.flatMap(({ spec }) => spec.variables ?? [])
      .find(({ name }) => name === 'allowedHosts');
    expect(JSON.parse(hosts?.expression ?? '')).to.deep.equal(JSON.parse(nasty));
  });

  it('are refused where a value names a rule that the pack has not', async () => {
    const set = ['enabled=true', 'actions.plainhttp=Deny'].flatMap((one) => [
      '--set',
      `reviewPolicies.packs.baseline.${one}`,
    ]);
    const { code, stderr } = await helmAlone(['template', 'portcullis', chart, ...set]);
    expect(code).not.to.equal(0);
    expect(stderr).to.contain(
      'reviewPolicies.packs.baseline: the pack has no rule "plainhttp"; it has plain-http',
    );
  });
});

function actionsOf(spec: { readonly rules: readonly { readonly action: string }[] } | undefined): string {
  return (spec?.rules ?? []).map(({ action }) => action).join();
}
