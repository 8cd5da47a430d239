import { expect } from 'chai';
import { admitsLabel, annotation } from '../../../src/model/annotations.ts';
import type { Resource } from '../../../src/model/resource.ts';
import { grantingOf, type Granting } from '../../../src/selection/granting.ts';
import { asksBeyond, grantFor, mayTakeFrom, reachOf } from '../../../src/selection/reach.ts';

const gateway = (spec: unknown, annotations?: Record<string, string>): Resource => ({
  kind: 'APIGateway',
  metadata: { name: 'edge', namespace: 'team', ...(annotations === undefined ? {} : { annotations }) },
  spec,
});
const claiming = (spec: unknown, value: string) => gateway(spec, { [annotation.reach]: value });
const granted = (spec: unknown) => claiming(spec, grantFor(gateway(spec)));

const everything = { apiSelector: { scope: 'Cluster' }, management: { url: 'https://one:9090' } };
const labelled = { apiSelector: { scope: 'LabelSelector', matchLabels: { a: 'b' } } };
const own = { apiSelector: { scope: 'Namespaced' } };

describe('a gateway asks for more than its own namespace', () => {
  const cases: readonly [string, unknown, boolean][] = [
    ['with scope Cluster', everything, true],
    ['without a scope', { apiSelector: {} }, true],
    ['by labels', labelled, true],
    [
      'by an expression',
      { apiSelector: { scope: 'LabelSelector', matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
      true,
    ],
    [
      'not by labels of which there are none',
      { apiSelector: { scope: 'LabelSelector', matchLabels: {} } },
      false,
    ],
    ['not with scope Namespaced alone', own, false],
    ['not by naming its own', { apiSelector: { scope: 'Namespaced', namespaces: ['team'] } }, false],
    ['by naming another', { apiSelector: { scope: 'Namespaced', namespaces: ['team', 'shop'] } }, true],
    ['with a scope that nobody knows', { apiSelector: { scope: 'Universe' } }, true],
    ['with namespaces that are no list', { apiSelector: { scope: 'Namespaced', namespaces: 'shop' } }, true],
    ['with a spec that is none', 7, true],
    ['with a selector that is null', { apiSelector: null }, true],
  ];
  for (const [how, spec, wanted] of cases) it(how, () => expect(asksBeyond(gateway(spec))).to.equal(wanted));
});

describe('a grant', () => {
  const other = (change: object) => grantFor(gateway({ ...everything, ...change }));
  it('is the same for the same selector, in whatever order its fields stand', () => {
    const { apiSelector, management } = everything;
    expect(grantFor(gateway({ management, apiSelector }))).to.equal(grantFor(gateway(everything)));
    expect(grantFor(gateway(everything))).to.match(/^[0-9a-f]{32}$/);
  });
  it('does not cover another selector', () => {
    expect(other(labelled)).not.to.equal(grantFor(gateway(everything)));
  });
  it('does not cover a gateway at another address, nor one that anybody can pretend to be', () => {
    for (const management of [
      { url: 'https://two:9090' },
      { serviceRef: { name: 'one' } },
      { ...everything.management, tls: { insecureSkipVerify: true } },
    ])
      expect(other({ management })).not.to.equal(grantFor(gateway(everything)));
  });
  it('covers everything else that may be said of a gateway', () => {
    const management = { ...everything.management, maxConcurrency: 2, adminUrl: 'https://one:9092' };
    expect(other({ management, apiKeysPerUser: 3 })).to.equal(grantFor(gateway(everything)));
  });
});

describe('a gateway may take from', () => {
  const rules = (label?: string, reach: 'Granted' | 'Any' = 'Granted') => ({
    reach,
    labelsOf: () => (label === undefined ? undefined : { [admitsLabel]: label }),
  });
  const plain = gateway(everything);
  const cases: readonly [string, Resource, string, ReturnType<typeof rules>, boolean][] = [
    ['its own namespace', plain, 'team', rules(), true],
    ['no other', plain, 'shop', rules(), false],
    ['all, where that was granted', granted(everything), 'shop', rules(), true],
    [
      'no other, by a grant for something else',
      claiming(everything, grantFor(gateway(own))),
      'shop',
      rules(),
      false,
    ],
    ['no other, by a grant that somebody made up', claiming(everything, 'true'), 'shop', rules(), false],
    ['one that admits its namespace', plain, 'shop', rules('team'), true],
    ['one that admits any', plain, 'shop', rules('Any'), true],
    ['none that admits somebody else', plain, 'shop', rules('other'), false],
    ['all, where nobody asks for grants', plain, 'shop', rules(undefined, 'Any'), true],
  ];
  for (const [what, from, namespace, how, wanted] of cases)
    it(what, () => expect(mayTakeFrom(from, namespace, how)).to.equal(wanted));

  it('what its standing says', () => {
    expect(reachOf(plain, 'Granted')).to.equal('NotGranted');
    expect(reachOf(granted(everything), 'Granted')).to.equal('Granted');
    expect(reachOf(plain, 'Any')).to.equal('Any');
    expect(reachOf(gateway(own), 'Any')).to.equal('OwnNamespace');
  });
});

describe('the annotation of a gateway', () => {
  const relabelled = {
    ...granted(everything),
    metadata: { ...granted(everything).metadata, labels: { a: 'b' } },
  };
  const cases: readonly [string, Resource, Resource | undefined, Granting][] = [
    ['depends on the author of a gateway that asks for more', gateway(everything), undefined, 'ask'],
    ['depends on the author whatever it claims', granted(everything), undefined, 'ask'],
    ['has no place on one that asks for its own namespace', claiming(own, 'x'), undefined, 'drop'],
    ['is left alone by an edit of something else', relabelled, granted(everything), 'leave'],
    [
      'is not granted by an edit of something else',
      gateway({ ...everything, apiKeysPerUser: 3 }),
      gateway(everything),
      'leave',
    ],
    ['is kept by a write that lacks it', gateway(everything), granted(everything), 'keep'],
    ['is kept by a write that changes it', claiming(everything, 'x'), granted(everything), 'keep'],
    ['is asked for by a write of it alone', claiming(everything, 'x'), gateway(everything), 'ask'],
    ['is asked for anew with another selector', claiming(labelled, 'x'), granted(everything), 'ask'],
    ['goes with the wish', claiming(own, 'x'), granted(everything), 'drop'],
  ];
  for (const [what, object, old, wanted] of cases)
    it(what, () => expect(grantingOf(object, old)).to.equal(wanted));
});
