import { expect } from 'chai';
import { plurals } from '../../../src/manifests/plurals.ts';
import { grants, type Process, type Rule, type Scope } from '../../../src/manifests/rbac.ts';
import { table } from '../../../src/kinds/table.ts';
import { reviewGroup } from '../../../src/kinds/review-policy.ts';
import { group } from '../../../src/model/generation.ts';
import { grantNames } from '../../support/installation.ts';
import { rendered, valueSets, type Rendered } from './rendered.ts';

const isRole = ({ kind }: Rendered) => kind === 'ClusterRole' || kind === 'Role';
const concerns = (rule: Rule, resource: string, apiGroup: string) =>
  rule.apiGroups.includes(apiGroup) && rule.resources.includes(resource);

/** The rules about a resource in the roles that are chosen, as `verb name…`. */
function rulesAbout(
  resource: string,
  objects: readonly Rendered[],
  isMeant: (role: Rendered) => boolean,
  apiGroup = '',
) {
  return objects
    .filter((object) => isRole(object) && isMeant(object))
    .flatMap(({ rules = [] }) => rules.filter((rule) => concerns(rule, resource, apiGroup)))
    .flatMap(({ verbs, resourceNames }) => verbs.map((verb) => [verb, ...(resourceNames ?? [])].join(' ')))
    .toSorted();
}

const cluster = ({ kind }: Rendered) => kind === 'ClusterRole';
const of =
  (process: Process, prefix = 'portcullis') =>
  (role: Rendered) =>
    role.metadata.name.startsWith(`${prefix}-${process}`);

describe('the roles of the chart', function () {
  // The first run on a machine builds helm.
  this.timeout(600_000);

  it('let nobody list or watch Secrets, but for the one of the certificate', async () => {
    for (const values of await valueSets()) {
      const listed = rulesAbout('secrets', await rendered(values), () => true).filter((rule) =>
        /^(list|watch)/.test(rule),
      );
      expect(
        listed.filter((rule) => !/^\w+ (portcullis|gate)-webhook-certificate$|^\w+ webhook-tls$/.test(rule)),
        values,
      ).to.deep.equal([]);
    }
  });

  it('let the webhook read Secrets of others and no more', async () => {
    const objects = await rendered('defaults');
    expect(rulesAbout('secrets', objects, (role) => cluster(role) && of('webhook')(role))).to.deep.equal([
      'get',
    ]);
  });

  it('let the controller write Secrets of others only for keys that are made up', async () => {
    const written = async (values: string, ...more: string[]) =>
      rulesAbout(
        'secrets',
        await rendered(values, ...more),
        (role) => cluster(role) && of('controller')(role),
      );
    expect(await written('defaults')).to.deep.equal(['create', 'get', 'patch']);
    expect(await written('defaults', '--set', 'generatedKeys.enabled=false')).to.deep.equal(['get']);
  });

  it('leave the certificate to somebody else where he makes it', async () => {
    const own = async (values: string) =>
      rulesAbout(
        'secrets',
        await rendered(values),
        (role) => !cluster(role) && of('webhook')(role) && role.metadata.name.endsWith('-own'),
      );
    const name = 'portcullis-webhook-certificate';
    expect(await own('defaults')).to.deep.equal([
      'create',
      `list ${name}`,
      `update ${name}`,
      `watch ${name}`,
    ]);
    expect(await own('vault')).to.deep.equal([]);
  });

  it('stand in the named namespaces alone where some are named', async () => {
    const objects = await rendered('namespaces');
    for (const resource of ['secrets', 'configmaps', 'services'])
      expect(rulesAbout(resource, objects, cluster), resource).to.deep.equal([]);
    const ofKinds = new Set(rulesAbout('restapis', objects, cluster, group));
    // By this the finalizers of a namespace that goes are taken off.
    expect(ofKinds).to.deep.equal(new Set(['patch']));
    expect(rulesAbout('events', objects, cluster, 'events.k8s.io')).to.deep.equal([]);
    const places = objects
      .filter(({ kind, metadata }) => kind === 'Role' && metadata.name === 'gate-controller')
      .map(({ metadata }) => metadata.namespace);
    expect(places).to.deep.equal(['team-shop', 'team-bank']);
  });

  it('use no wildcard, and give no right over roles, Pods of others or nodes', async () => {
    for (const values of await valueSets())
      for (const { rules = [], metadata } of (await rendered(values)).filter(isRole))
        for (const { apiGroups, resources, verbs } of rules) {
          expect([...apiGroups, ...resources, ...verbs], metadata.name).not.to.include('*');
          expect(verbs).not.to.include.any.members(['bind', 'escalate', 'impersonate']);
          expect(resources).not.to.include.any.members(['pods/exec', 'nodes', 'serviceaccounts/token']);
        }
  });

  it('are bound to accounts of this release and to nobody else', async () => {
    for (const values of await valueSets()) {
      const objects = await rendered(values);
      const bindings = objects.filter(({ kind }) => kind.endsWith('RoleBinding')) as unknown as readonly {
        readonly roleRef: { readonly kind: string; readonly name: string };
        readonly subjects: readonly { readonly kind: string; readonly namespace: string }[];
      }[];
      for (const { roleRef, subjects } of bindings) {
        expect(subjects.map(({ kind, namespace }) => `${kind} in ${namespace}`)).to.deep.equal([
          'ServiceAccount in portcullis-chart',
        ]);
        expect(
          objects.some(({ kind, metadata }) => kind === roleRef.kind && metadata.name === roleRef.name),
        ).to.equal(true);
      }
    }
  });

  it('say nothing that is not in the grants that derive from the kinds', async () => {
    const all = grants(grantNames, plurals);
    const objects = await rendered('defaults');
    for (const process of ['webhook', 'controller', 'uninstall'] as const) {
      const granted = (scopes: readonly Scope[]) =>
        all
          .filter((grant) => grant.process === process && scopes.includes(grant.scope))
          .flatMap(({ rules }) => rules);
      const given = (isMeant: (role: Rendered) => boolean) =>
        objects
          .filter((role) => isRole(role) && of(process)(role) && isMeant(role))
          .flatMap(({ rules = [] }) => rules);
      expect(granted(['resources', 'cluster'])).to.deep.include.members(given(cluster));
      expect(granted(['own'])).to.deep.include.members(given((role) => !cluster(role)));
    }
  });

  it('let whoever may view see everything but what may hold a credential', async () => {
    const objects = await rendered('defaults');
    const aggregated = (to: string) =>
      objects
        .filter(
          ({ metadata }) => metadata.labels?.[`rbac.authorization.k8s.io/aggregate-to-${to}`] === 'true',
        )
        .flatMap(({ rules = [] }) => rules)
        .filter(({ apiGroups }) => apiGroups.includes(group));
    const resources = (rules: readonly Rule[], verb: string) =>
      [
        ...new Set(rules.filter(({ verbs }) => verbs.includes(verb)).flatMap((rule) => rule.resources)),
      ].sort();
    const harmless = table.rows.filter(
      ({ secrets, secretsArePublic }) => secrets.length === 0 || secretsArePublic === true,
    );
    expect(resources(aggregated('view'), 'get')).to.deep.equal(
      [...harmless.map(({ plural }) => plural), 'apigateways'].sort(),
    );
    expect(resources(aggregated('view'), 'get')).not.to.include.any.members([
      'secrets',
      'managedsecrets',
      'apikeys',
      'subscriptions',
    ]);
    expect(resources(aggregated('edit'), 'create')).to.deep.equal(
      table.rows.map(({ plural }) => plural).sort(),
    );
    expect(resources(aggregated('edit'), 'get')).to.include('apigateways');
    expect(resources(aggregated('admin'), 'create')).to.include.members(['apigateways', 'secrets']);
  });

  it('let nobody write review policies but by a role that is given to nobody', async () => {
    const objects = await rendered('defaults');
    const writing = objects.filter(({ rules = [] }) =>
      rules.some(
        ({ apiGroups, verbs }) => apiGroups.includes(reviewGroup) && verbs.some((verb) => verb === 'update'),
      ),
    );
    expect(writing.map(({ metadata }) => metadata.name)).to.deep.equal(['portcullis-security']);
    const labels = Object.keys(writing[0]?.metadata.labels ?? {});
    expect(labels.filter((label) => label.includes('aggregate-to'))).to.deep.equal([]);
  });
});
