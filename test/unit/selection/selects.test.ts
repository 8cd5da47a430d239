import { expect } from 'chai';
import { selects, type Selector } from '../../../src/selection/selects.ts';

describe('a gateway', () => {
  const shop = (labels: Record<string, string> = {}) => ({ namespace: 'shop', labels });
  const cases: readonly [string, Selector, ReturnType<typeof shop>, boolean][] = [
    ['without a scope takes everything', {}, shop(), true],
    ['of scope Cluster takes everything', { scope: 'Cluster' }, shop(), true],
    ['of scope Namespaced takes those it names', { scope: 'Namespaced', namespaces: ['shop'] }, shop(), true],
    ['of scope Namespaced leaves others', { scope: 'Namespaced', namespaces: ['other'] }, shop(), false],
    [
      'of scope Namespaced that names none takes its own namespace only',
      { scope: 'Namespaced' },
      shop(),
      false,
    ],
    [
      'of scope LabelSelector takes what has the labels',
      { scope: 'LabelSelector', matchLabels: { a: 'b' } },
      shop({ a: 'b' }),
      true,
    ],
    [
      'of scope LabelSelector wants every label',
      { scope: 'LabelSelector', matchLabels: { a: 'b', c: 'd' } },
      shop({ a: 'b' }),
      false,
    ],
    [
      'of scope LabelSelector that asks for nothing takes nothing',
      { scope: 'LabelSelector' },
      shop({ a: 'b' }),
      false,
    ],
    [
      'takes In',
      { scope: 'LabelSelector', matchExpressions: [{ key: 'a', operator: 'In', values: ['b', 'c'] }] },
      shop({ a: 'c' }),
      true,
    ],
    [
      'leaves In without the label',
      { scope: 'LabelSelector', matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] },
      shop(),
      false,
    ],
    [
      'takes NotIn without the label',
      { scope: 'LabelSelector', matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] },
      shop(),
      true,
    ],
    [
      'takes Exists',
      { scope: 'LabelSelector', matchExpressions: [{ key: 'a', operator: 'Exists' }] },
      shop({ a: '' }),
      true,
    ],
    [
      'leaves DoesNotExist with the label',
      { scope: 'LabelSelector', matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] },
      shop({ a: '' }),
      false,
    ],
  ];
  for (const [sentence, selector, resource, wanted] of cases) {
    it(sentence, () => expect(selects(selector, 'gateways', resource)).to.equal(wanted));
  }
});
