import { expect } from 'chai';
import {
  deletesWithGateway,
  isForceDeleted,
  policiesOf,
  type Policies,
} from '../../../src/compare/asked-for.ts';
import { finalizer } from '../../../src/model/annotations.ts';
import { group } from '../../../src/model/generation.ts';

type Words = Readonly<Record<string, string>>;
const bearing = (annotations: Words, finalizers: readonly string[] = []) => ({
  metadata: {
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([name, word]) => [`${group}/${name}`, word]),
    ),
    finalizers,
  },
});

/** An annotation, what it decides, what holds without it, and two words that say something else. */
const rows: readonly {
  readonly name: string;
  readonly decides: keyof Policies;
  readonly otherwise: string;
  readonly words: readonly [string, string, string];
}[] = [
  { name: 'reconcile', decides: 'mode', otherwise: 'Active', words: ['Observe', 'Paused', 'Active'] },
  {
    name: 'deletion-policy',
    decides: 'deletion',
    otherwise: 'Delete',
    words: ['Orphan', 'Delete', 'Orphan'],
  },
  {
    name: 'adoption-policy',
    decides: 'adoption',
    otherwise: 'IfEqual',
    words: ['Never', 'IfUnowned', 'IfEqual'],
  },
];

describe('what people ask for by annotation', () => {
  for (const { name, decides, otherwise, words } of rows) {
    const [one, two, three] = words;
    const of = (resource?: string, namespace?: string, gateway?: string) => {
      const at = (word: string | undefined) => (word === undefined ? bearing({}) : bearing({ [name]: word }));
      return policiesOf(at(resource), at(namespace), at(gateway))[decides];
    };

    it(`${name} is ${otherwise} where nobody says anything`, () => {
      expect(of()).to.equal(otherwise);
      expect(policiesOf(bearing({}), undefined, undefined)[decides]).to.equal(otherwise);
    });

    it(`${name} counts on the resource, on its namespace and on its gateway`, () => {
      expect([of(one), of(undefined, one), of(undefined, undefined, one)]).to.deep.equal([one, one, one]);
    });

    it(`${name} counts where it is nearest`, () => {
      expect(of(one, two, three)).to.equal(one);
      expect(of(undefined, two, three)).to.equal(two);
      expect(of(one, undefined, two)).to.equal(one);
      expect(of(two, one)).to.equal(two);
    });

    it(`${name} of a word that nobody knows counts as absent, so that a typing error is no command`, () => {
      expect(of(`${one}s`)).to.equal(otherwise);
      expect(of(one.toLowerCase(), two)).to.equal(two);
    });
  }

  it('adoption-policy Always counts only where the gateway allows it', () => {
    const always = bearing({ 'adoption-policy': 'Always' });
    expect(policiesOf(always, undefined, bearing({})).adoption).to.equal('IfEqual');
    expect(policiesOf(bearing({}), always, bearing({ 'adoption-policy': 'IfUnowned' })).adoption).to.equal(
      'IfEqual',
    );
    expect(policiesOf(always, undefined, always).adoption).to.equal('Always');
    expect(policiesOf(bearing({}), undefined, always).adoption).to.equal('Always');
  });

  it('allow-recreate counts where it is nearest and says one of its two words', () => {
    const says = (word: string) => bearing({ 'allow-recreate': word });
    expect(policiesOf(bearing({}), bearing({}), says('true')).recreate).to.equal(true);
    expect(policiesOf(bearing({}), says('false'), says('true')).recreate).to.equal(false);
    expect(policiesOf(says('true'), says('false'), says('false')).recreate).to.equal(true);
    expect(policiesOf(says('yes'), undefined, bearing({})).recreate).to.equal(false);
  });

  it("adoption-policy is IfUnowned for what the platform's operator had in its hands, unless somebody says otherwise", () => {
    const finalizers = [`${group}/api-finalizer`];
    expect(policiesOf(bearing({}, finalizers), undefined, undefined).adoption).to.equal('IfUnowned');
    expect(policiesOf(bearing({}, [finalizer]), undefined, undefined).adoption).to.equal('IfEqual');
    const never = bearing({ 'adoption-policy': 'Never' }, finalizers);
    expect(policiesOf(never, undefined, undefined).adoption).to.equal('Never');
  });

  it('deletion-policy of an APIGateway itself is Orphan unless it says Delete', () => {
    expect(deletesWithGateway(bearing({}))).to.equal(false);
    expect(deletesWithGateway(bearing({ 'deletion-policy': 'Orphan' }))).to.equal(false);
    expect(deletesWithGateway(bearing({ 'deletion-policy': 'Delete' }))).to.equal(true);
  });

  it('force-delete is "true" and nothing else', () => {
    const said = ['true', 'True', 'yes', ''].map((word) =>
      isForceDeleted(bearing({ 'force-delete': word }), undefined, []),
    );
    expect(said).to.deep.equal([true, false, false, false]);
  });

  it('force-delete counts where it is nearest, and of gateways only if all say so where something is left', () => {
    const yes = bearing({ 'force-delete': 'true' });
    const no = bearing({ 'force-delete': 'false' });
    const none = bearing({});
    expect(isForceDeleted(none, yes, [none])).to.equal(true);
    expect(isForceDeleted(no, yes, [yes])).to.equal(false);
    expect(isForceDeleted(none, none, [yes, yes])).to.equal(true);
    expect(isForceDeleted(none, no, [yes])).to.equal(false);
    expect(isForceDeleted(none, none, [yes, no])).to.equal(false);
    expect(isForceDeleted(none, none, [yes, undefined])).to.equal(false);
    expect(isForceDeleted(none, none, [])).to.equal(false);
  });
});
