import { expect } from 'chai';
import type { Resource } from '../../../src/model/resource.ts';
import { minimal, specWith } from '../../support/manifests.ts';
import { denials, gateway, resource, warnings, type World } from './world.ts';

const books = resource('RestApi', 'books', minimal.RestApi);
const value = 'a-value-of-thirty-six-characters-or-more';
const fromSecret = (name: string) => ({ valueFrom: { name, key: 'token' } });
const key = (name: string, apiKey?: unknown): Resource =>
  resource('ApiKey', name, specWith('ApiKey', 'apiKey', apiKey));
const found = (name: string) => ({
  path: 'apiKey',
  from: 'Secret' as const,
  name,
  key: 'token',
  optional: false,
  allowed: true,
  exists: true,
  value,
  keys: ['token'],
});
const below = (keys: readonly Resource[], more: World = {}): World => ({
  resources: [books, ...keys],
  ...more,
});

describe('what stands below one parent', () => {
  describe('shares no secret', () => {
    const refusal = /^spec.apiKey: has the value of ApiKey shop\/first of the same parent on gateway/;
    const cases: readonly [string, () => readonly string[]][] = [
      ['written twice', () => denials(key('second', value), below([key('first', value)]))],
      [
        'named twice',
        () =>
          denials(
            key('second', fromSecret('one')),
            below([key('first', { valueFrom: { secretKeyRef: { name: 'one', key: 'token' } } })], {
              keys: [found('one')],
            }),
          ),
      ],
      [
        'written once and named once',
        () =>
          denials(key('second', fromSecret('one')), below([key('first', value)], { keys: [found('one')] })),
      ],
      [
        'that stands in two Secrets which the user may read',
        () =>
          denials(
            key('second', fromSecret('one')),
            below([key('first', fromSecret('two'))], {
              keys: [found('one')],
              siblings: [{ name: 'first', value }],
            }),
          ),
      ],
    ];
    for (const [what, said] of cases) {
      it(what, () => {
        expect(said()).to.have.length(1);
        expect(said()[0]).to.match(refusal);
        expect(said()[0]).not.to.contain(value);
      });
    }

    it('but may have any that the user may not compare', () => {
      const world = below([key('first', fromSecret('two'))], { keys: [found('one')] });
      expect(denials(key('second', fromSecret('one')), world)).to.deep.equal([]);
    });

    it('but may share one with what stands below another parent', () => {
      const elsewhere = resource('ApiKey', 'first', {
        ...specWith('ApiKey', 'apiKey', value),
        parentRef: { kind: 'RestApi', name: 'films' },
      });
      expect(denials(key('second', value), below([elsewhere]))).to.deep.equal([]);
    });

    it('but may share one on another gateway', () => {
      const gateways = ['blue', 'green'].map((colour) =>
        gateway(colour, { selector: { scope: 'LabelSelector', matchLabels: { colour } } }),
      );
      const labelled = (one: Resource, colour: string) => ({
        ...one,
        metadata: { ...one.metadata, labels: { colour } },
      });
      const world = below([labelled(key('first', value), 'blue')], { gateways });
      expect(denials(labelled(key('second', value), 'green'), world)).to.deep.equal([]);
    });
  });

  describe('is no more than the gateway allows', () => {
    const ten = Array.from({ length: 10 }, (_, index) => key(`key-${index}`));

    it('ten, unless its APIGateway says otherwise', () => {
      expect(denials(key('one-more'), below(ten))).to.deep.equal([
        'spec.parentRef: is RestApi books, which has 10 of its kind already, as many as gateway gateways/one allows; delete one that is not used, or raise the limit at the gateway and in its APIGateway',
      ]);
      const gateways = [gateway('one', { quotaBelowParent: 11 })];
      expect(denials(key('one-more'), below(ten, { gateways }))).to.deep.equal([]);
    });

    it('and the last of the ten may still be edited', () => {
      const last = ten[9]!;
      expect(denials(last, below(ten, { old: last }))).to.deep.equal([]);
    });

    it('and where there are too many already, an edit is only warned about', () => {
      const eleventh = key('one-more');
      const world = below([...ten, eleventh], { old: eleventh });
      const edited = { ...eleventh, spec: { ...minimal.ApiKey, displayName: 'Renamed' } };
      expect(denials(edited, world)).to.deep.equal([]);
      expect(warnings(edited, world).join()).to.contain('as many as gateway');
    });
  });
});
