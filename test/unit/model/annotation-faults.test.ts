import { expect } from 'chai';
import { annotationFault, namespaceLabelFault } from '../../../src/model/annotation-faults.ts';
import {
  admitsLabel,
  annotation,
  artifactId,
  enforcementLabel,
  ownAnnotations,
} from '../../../src/model/annotations.ts';
import { resyncText } from '../../../src/compare/resync.ts';

describe('an annotation below our prefix', () => {
  for (const [key, value] of [
    [annotation.reconcile, 'Paused'],
    [annotation.allowRemoval, '12'],
    [annotation.resyncAt, resyncText(new Date(0), true)],
    [annotation.reach, 'Requested'],
    [artifactId, 'anything'],
    ['example.com/reconcile', 'anything'],
  ] as const)
    it(`means something as ${key}: ${value}`, () => expect(annotationFault(key, value)).to.equal(undefined));

  it('is told what it takes where its value means nothing', () => {
    expect(annotationFault(annotation.reconcile, 'paused')).to.contain('it takes Active, Observe, Paused');
  });

  it('is told what was meant where it is not known', () => {
    expect(annotationFault(`${annotation.reconcile}d`, 'Paused')).to.contain(
      `did you mean ${annotation.reconcile}?`,
    );
  });

  it('has its values judged, each of the closed list but one', () => {
    const free = [...ownAnnotations].filter((key) => annotationFault(key, '?') === undefined);
    expect(free).to.deep.equal([annotation.reach]);
  });
});

describe('a label of a namespace below our prefix', () => {
  const exists = (name: string) => name === 'edge';
  it('names a word, or a namespace that is there', () => {
    expect(namespaceLabelFault(enforcementLabel, 'Deny', exists)).to.equal(undefined);
    expect(namespaceLabelFault(admitsLabel, 'edge', exists)).to.equal(undefined);
    expect(namespaceLabelFault(enforcementLabel, 'deny', exists)).to.contain('Auto, Deny, Warn');
    expect(namespaceLabelFault(admitsLabel, 'egde', exists)).to.contain('does not exist');
  });
});
