import { expect } from 'chai';
import { changeFindings } from '../../../src/checks/gateway-change.ts';
import { reachFindings } from '../../../src/checks/reach.ts';
import { table } from '../../../src/kinds/table.ts';
import { annotation, artifactId } from '../../../src/model/annotations.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import type { Resource } from '../../../src/model/resource.ts';
import { sentence } from '../../../src/model/violation.ts';
import { grantFor } from '../../../src/selection/reach.ts';
import { minimal, type KindName } from '../../support/manifests.ts';
import { resource, warnings, gateway as known } from './world.ts';

const schemas = new SchemaCheck();
const gateway = (apiSelector: object): Resource => ({
  kind: 'APIGateway',
  metadata: { name: 'edge', namespace: 'shop' },
  spec: { apiSelector },
});
const all = gateway({ scope: 'Cluster' });
const none = gateway({ scope: 'LabelSelector' });
const blue = gateway({ scope: 'LabelSelector', matchLabels: { color: 'blue' } });
const own = gateway({ scope: 'Namespaced' });

function said(
  object: Resource,
  old: Resource | undefined,
  resources: readonly Resource[],
  reach = 'Any',
  maxRemovalPercent = 20,
) {
  const rules = { reach: reach as 'Any' | 'Granted', labelsOf: () => undefined };
  return changeFindings(
    { object, old },
    { table, schemas, rules, maxRemovalPercent, all: () => resources },
  ).map(sentence);
}

/** An API with a title of its own, unless it is told. */
const api = (name: string, metadata: object = {}, title = name) =>
  resource('RestApi', name, { ...minimal.RestApi, displayName: title, context: `/${title}` }, metadata);
const of = (kind: KindName, name: string, metadata: object = {}) =>
  resource(kind, name, minimal[kind], metadata);
const film = { namespace: 'films' };

describe('a gateway that comes to select what it can not hold together', () => {
  const sharedId = { annotations: { [artifactId]: '7a1d1f0e-7b0e-4b0e-8b0e-7b0e4b0e8b0e' } };
  const cases: readonly [string, readonly Resource[], RegExp | undefined][] = [
    [
      'is told of two with one handle',
      [api('books', {}, 'a'), api('books', film, 'b')],
      /^spec\.apiSelector: selects RestApi shop\/books and RestApi films\/books, which have the same handle; the gateway can hold only one of them$/,
    ],
    [
      'is told of two kinds that share their handles',
      [of('Secret', 'token'), of('ManagedSecret', 'token')],
      /Secret shop\/token and ManagedSecret shop\/token, which have the same handle/,
    ],
    [
      'is told of two with one title',
      [api('books', {}, 'x'), api('films', film, 'x')],
      /RestApi shop\/books and RestApi films\/films, which have the same display name and version/,
    ],
    [
      'is told of two of one title by what the title is made of',
      [of('SubscriptionPlan', 'gold'), of('SubscriptionPlan', 'silver', film)],
      /SubscriptionPlan shop\/gold and SubscriptionPlan films\/silver, which have the same plan name/,
    ],
    [
      'is told of two with one stored uuid',
      [api('books', sharedId), of('Mcp', 'tools', sharedId)],
      /RestApi shop\/books and Mcp shop\/tools, which have the same gateway\S+artifact-id/,
    ],
    ['hears nothing of two that differ in all of it', [api('books'), api('films', film)], undefined],
    ['hears nothing of one name of two kinds', [api('books'), of('Mcp', 'books')], undefined],
    [
      'hears nothing of what stands below other resources',
      [of('ApiKey', 'key'), of('ApiKey', 'key', film)],
      undefined,
    ],
  ];
  for (const [what, resources, wanted] of cases) {
    it(what, () => {
      const found = said(all, undefined, resources);
      if (wanted === undefined) expect(found).to.deep.equal([]);
      else {
        expect(found).to.have.length(1);
        expect(found[0]).to.match(wanted);
      }
      expect(said(all, none, resources), 'at an update').to.deep.equal(found);
    });
  }

  it('is told once of a pair that collides in more than one way', () => {
    expect(said(all, undefined, [api('books'), api('books', film)])).to.have.length(1);
  });

  it('hears nothing of two that it selects already, and of one of them when a third comes', () => {
    const labels = { labels: { color: 'blue' } };
    const two = [api('books', labels), api('books', { ...film, ...labels })];
    expect(said(all, blue, two)).to.deep.equal([]);
    const found = said(all, blue, [...two, api('books', { namespace: 'plays' })]);
    expect(found).to.have.length(2);
    expect(found.join('')).to.contain('selects RestApi plays/books and RestApi shop/books');
  });

  it('hears nothing while its selector stays', () => {
    const reordered = gateway({ matchLabels: { color: 'blue' }, scope: 'LabelSelector' });
    const labels = { labels: { color: 'blue' } };
    expect(said(reordered, blue, [api('books', labels), api('books', { ...film, ...labels })])).to.deep.equal(
      [],
    );
  });

  it('hears nothing of what it may not take, and of it when it was granted', () => {
    const two = [api('books'), api('books', film)];
    const metadata = { ...all.metadata, annotations: { [annotation.reach]: grantFor(all) } };
    expect(said(all, undefined, two, 'Granted')).to.deep.equal([]);
    expect(said({ ...all, metadata }, all, two, 'Granted')).to.have.length(1);
  });

  it('is told of five pairs, and how many more there are', () => {
    const pairs = Array.from({ length: 7 }, (_, index) => `api-${index}`);
    const found = said(
      all,
      undefined,
      pairs.flatMap((name) => [api(name), api(name, film)]),
    );
    expect(found).to.have.length(6);
    expect(found[5]).to.equal('spec.apiSelector: and 2 more such pairs');
  });

  it('is told of ten thousand that all have one title', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => api(`api-${index}`, {}, 'x'));
    expect(said(all, undefined, many)[5]).to.equal('spec.apiSelector: and more than 995 more such pairs');
    expect(said(all, blue, [...many, api('blue', { labels: { color: 'blue' } }, 'x')])).to.have.length(6);
  });
});

describe('a gateway that leaves out what it selects', () => {
  const shop = (count: number) => Array.from({ length: count }, (_, index) => api(`shop-${index}`));
  const films = (count: number) => Array.from({ length: count }, (_, index) => api(`film-${index}`, film));

  it('is told how many of how many go, and what becomes of them', () => {
    expect(said(own, all, [...shop(40), ...films(11)])).to.deep.equal([
      'spec.apiSelector: leaves out 11 of the 51 resources that are selected now; the controller holds their removal until the APIGateway bears gateway.api-platform.wso2.com/allow-removal: "11"',
    ]);
  });
  it('hears nothing of ten', () => expect(said(own, all, films(10))).to.deep.equal([]));
  it('hears nothing of a fifth', () => expect(said(own, all, [...shop(80), ...films(20)])).to.deep.equal([]));
  it('hears of what is more than the share that was set, and of no less', () => {
    const resources = [...shop(80), ...films(20)];
    expect(said(own, all, resources, 'Any', 19)).to.have.length(1);
    expect(said(own, all, resources, 'Any', 100)).to.deep.equal([]);
  });
  it('hears nothing of what only comes', () => expect(said(all, own, films(50))).to.deep.equal([]));
  it('is told of what goes with its grant', () => {
    const metadata = { ...all.metadata, annotations: { [annotation.reach]: grantFor(all) } };
    expect(said(all, { ...all, metadata }, films(20), 'Granted').join('')).to.contain(
      'leaves out 20 of the 20',
    );
  });
});

describe('the reach of a gateway', () => {
  const question = { object: all, old: undefined, mayClaim: true };
  const lines = (...args: Parameters<typeof reachFindings>) =>
    reachFindings(...args).map((finding) => `${finding.verdict} ${sentence(finding)}`);

  it('is a warning where it was not granted, with the way out', () => {
    expect(lines(question, 'Granted')).to.deep.equal([
      'warn spec.apiSelector: takes nothing of other namespaces; who may bind apigateways grants it by annotating it with gateway.api-platform.wso2.com/reach=Requested',
    ]);
  });
  it('is a warning of its own where a grant is lost', () => {
    const old = { ...all, metadata: { ...all.metadata, annotations: { [annotation.reach]: grantFor(all) } } };
    const [line = ''] = lines({ ...question, object: blue, old }, 'Granted');
    expect(line).to.contain('takes nothing of other namespaces any more');
    // What is longer is cut by the API server.
    expect(line.length - 'warn '.length).to.be.at.most(256);
  });
  it('is refused where somebody claims what he may not', () => {
    expect(lines({ ...question, mayClaim: false }, 'Granted')).to.deep.equal([
      'deny metadata.annotations["gateway.api-platform.wso2.com/reach"]: is set for who may bind apigateways in the whole cluster, which you may not; remove it',
    ]);
  });
  it('is nothing to talk about where it is its own namespace, or where nobody asks for grants', () => {
    expect(lines({ ...question, object: own }, 'Granted')).to.deep.equal([]);
    expect(lines(question, 'Any')).to.deep.equal([]);
  });
  it('is named to who is asked for and not taken', () => {
    const gateways = [known('edge', { mayTakeFrom: () => false })];
    expect(warnings(api('books'), { gateways })).to.deep.equal([
      'metadata.namespace: no gateway takes this resource; gateways/edge may not reach into namespace shop: label it gateway.api-platform.wso2.com/admits-gateways-from=gateways',
    ]);
  });
});
