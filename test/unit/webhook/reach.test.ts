import { expect } from 'chai';
import { gatewayKind } from '../../../src/kinds/api-gateway.ts';
import type { AccessSpec } from '../../../src/kube/reviews.ts';
import { annotation } from '../../../src/model/annotations.ts';
import { grantFor } from '../../../src/selection/reach.ts';
import { readReview } from '../../../webhook/admission-review.ts';
import { grantReach, mayClaim } from '../../../webhook/reach.ts';
import { group, review } from './reviews.ts';

const spec = { apiSelector: { scope: 'Cluster' } };
const gateway = (metadata: object = {}, of: object = spec) => ({
  kind: gatewayKind.kind,
  metadata: { name: 'edge', namespace: 'team', ...metadata },
  spec: of,
});
const grant = grantFor(gateway());
const claiming = (value: string, of: object = spec) =>
  gateway({ annotations: { a: 'b', [annotation.reach]: value } }, of);

const request = (object: object, oldObject: object | null, more: object = {}) =>
  readReview(
    review({
      kind: { group, version: 'v1', kind: gatewayKind.kind },
      resource: { group, version: 'v1', resource: gatewayKind.plural },
      name: 'edge',
      namespace: 'team',
      operation: oldObject === null ? 'CREATE' : 'UPDATE',
      object,
      oldObject,
      ...more,
    }),
  );

/** Steps for a requester who may or may not, and what was asked of the API server. */
function steps(allowed: boolean, reach: 'Granted' | 'Any' = 'Granted') {
  const asked: AccessSpec[] = [];
  const subjectAccessReview = (of: AccessSpec) => {
    asked.push(of);
    return Promise.resolve({ allowed, reason: '' });
  };
  return { asked, gatewayKind, reach, client: { subjectAccessReview } };
}

async function patched(object: object, old: object | null, allowed: boolean, more: object = {}) {
  const how = steps(allowed);
  const verdict = await grantReach(request(object, old, more), how);
  return { patch: verdict.allowed ? (verdict.patch ?? []) : 'refused', asked: how.asked.length };
}

const path = '/metadata/annotations/gateway.api-platform.wso2.com~1reach';

describe('the mutation of an APIGateway', () => {
  it('asks whether the requester may bind it, in the whole cluster', async () => {
    const how = steps(true);
    await grantReach(request(gateway(), null), how);
    expect(how.asked).to.deep.equal([
      {
        user: 'ada',
        groups: ['system:authenticated'],
        extra: { scopes: ['a'] },
        resourceAttributes: { verb: 'bind', group, resource: 'apigateways', name: 'edge' },
      },
    ]);
  });

  const cases: readonly [string, object, object | null, boolean, object[], number][] = [
    [
      'writes down what was granted',
      gateway(),
      null,
      true,
      [{ op: 'add', path: '/metadata/annotations', value: { [annotation.reach]: grant } }],
      1,
    ],
    [
      'writes it beside other annotations',
      gateway({ annotations: { a: 'b' } }),
      null,
      true,
      [{ op: 'add', path, value: grant }],
      1,
    ],
    ['writes nothing for who may not', gateway(), null, false, [], 1],
    ['takes away what somebody made up', claiming(grant), null, false, [{ op: 'remove', path }], 1],
    [
      'puts the grant in the place of a request',
      claiming('Requested'),
      gateway(),
      true,
      [{ op: 'add', path, value: grant }],
      1,
    ],
    ['writes nothing twice', claiming(grant), null, true, [], 1],
    [
      'asks nobody for an edit of something else',
      claiming(grant, { ...spec, apiKeysPerUser: 3 }),
      claiming(grant),
      false,
      [],
      0,
    ],
    [
      'gives back what a replacement lacks, and asks nobody',
      gateway({ labels: { a: 'b' } }),
      claiming(grant),
      false,
      [{ op: 'add', path: '/metadata/annotations', value: { [annotation.reach]: grant } }],
      0,
    ],
    [
      'asks nobody for the own namespace',
      gateway({}, { apiSelector: { scope: 'Namespaced' } }),
      null,
      false,
      [],
      0,
    ],
  ];
  for (const [what, object, old, allowed, patch, asked] of cases)
    it(what, async () => expect(await patched(object, old, allowed)).to.deep.equal({ patch, asked }));

  it('leaves alone what is being deleted, finalizers and the status', async () => {
    const nothing = { patch: [], asked: 0 };
    const going = { deletionTimestamp: 'now' };
    expect(
      await patched(
        { ...claiming('x'), metadata: { ...claiming('x').metadata, ...going } },
        gateway(),
        false,
      ),
    ).to.deep.equal(nothing);
    expect(await patched(gateway({ finalizers: ['a/b'] }), gateway(), true)).to.deep.equal(nothing);
    expect(await patched(claiming('x'), gateway(), true, { subResource: 'status' })).to.deep.equal(nothing);
  });

  it('does nothing where nobody asks for grants', async () => {
    const how = steps(true, 'Any');
    expect(await grantReach(request(gateway(), null), how)).to.deep.equal({ allowed: true, warnings: [] });
    expect(how.asked).to.deep.equal([]);
  });
});

describe('who may not grant may not claim', () => {
  const cases: readonly [string, object, object | null, boolean][] = [
    ['a grant at the creation', claiming(grant), null, false],
    ['a grant that he writes', claiming(grant), gateway(), false],
    ['the grant of another selector', claiming(grantFor(gateway({}, {})), {}), claiming(grant), false],
    ['but may keep what was granted', claiming(grant, { ...spec, apiKeysPerUser: 3 }), claiming(grant), true],
    ['and may claim nothing', gateway(), null, true],
  ];
  for (const [what, object, old, wanted] of cases) {
    it(what, async () => {
      expect(await mayClaim(request(object, old), steps(false))).to.equal(wanted);
      expect(await mayClaim(request(object, old), steps(true)), 'who may').to.equal(true);
    });
  }
});
