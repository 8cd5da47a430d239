import { expect } from 'chai';
import { indexesOf } from '../../../src/checks/indexes.ts';
import { table } from '../../../src/kinds/table.ts';
import { annotation, finalizer, inUseLabel } from '../../../src/model/annotations.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import type { Resource } from '../../../src/model/resource.ts';
import { readReview } from '../../../webhook/admission-review.ts';
import { decided } from '../../../src/checks/enforcement.ts';
import { exemptionOf } from '../../../webhook/exemptions.ts';
import { mutate } from '../../../webhook/mutate.ts';
import { Reservations } from '../../../webhook/reservations.ts';
import { verdictOf } from '../../../webhook/answer.ts';
import { minimal } from '../../support/manifests.ts';
import { resource } from '../checks/world.ts';
import { review } from './reviews.ts';

const object = (metadata: object = {}, spec: unknown = { a: 1 }) => ({
  kind: 'RestApi',
  metadata: { name: 'books', namespace: 'shop', ...metadata },
  spec,
});
const update = (now: object, before: object) =>
  readReview(review({ operation: 'UPDATE', object: now, oldObject: before }));

describe('exemptions from admission', () => {
  const cases: readonly [string, ReturnType<typeof readReview>, string | undefined][] = [
    ['a creation', readReview(review()), undefined],
    ['a change of the spec', update(object({}, { a: 2 }), object()), undefined],
    ['a change of a label', update(object({ labels: { a: 'b' } }), object()), undefined],
    [
      'a change of an annotation of ours',
      update(object({ annotations: { [annotation.reconcile]: 'Paused' } }), object()),
      undefined,
    ],
    [
      "a change of somebody else's annotation",
      update(object({ annotations: { a: 'b' } }), object()),
      'Unchanged',
    ],
    [
      'a change of the label that the controller keeps',
      update(object({ labels: { a: 'b', [inUseLabel]: 'true' } }), object({ labels: { a: 'b' } })),
      'Unchanged',
    ],
    ['a change of finalizers', update(object({ finalizers: ['a'] }), object()), 'Unchanged'],
    [
      'an object that is being deleted',
      update(object({ deletionTimestamp: 'now' }, { a: 2 }), object()),
      'BeingDeleted',
    ],
    ['a write of the status', readReview(review({ subResource: 'status' })), 'Subresource'],
    ['a deletion', readReview(review({ operation: 'DELETE', object: null, oldObject: object() })), undefined],
    [
      'the deletion of what is being deleted already',
      readReview(
        review({ operation: 'DELETE', object: null, oldObject: object({ deletionTimestamp: 'now' }) }),
      ),
      'BeingDeleted',
    ],
  ];
  for (const [what, request, reason] of cases) {
    it(`${reason === undefined ? 'do not cover' : 'cover'} ${what}`, () =>
      expect(exemptionOf(request)).to.equal(reason));
  }
});

describe('enforcement', () => {
  const person = { dryRun: false, fieldManager: 'kubectl-client-side-apply', username: 'ada' };
  const tools = ['helm', 'argocd-*', 'system:serviceaccount:flux-system:*'];
  const cases: readonly [string, Parameters<typeof decided>, 'Deny' | 'Warn'][] = [
    ['Auto refuses a person', ['Auto', person, tools], 'Deny'],
    ['Auto warns a dry run', ['Auto', { ...person, dryRun: true }, tools], 'Warn'],
    [
      'Auto warns a delivery tool by its field manager',
      ['Auto', { ...person, fieldManager: 'helm' }, tools],
      'Warn',
    ],
    [
      'Auto warns a delivery tool by a pattern',
      ['Auto', { ...person, fieldManager: 'argocd-controller' }, tools],
      'Warn',
    ],
    [
      'Auto warns a delivery tool by its user',
      ['Auto', { ...person, username: 'system:serviceaccount:flux-system:kustomize-controller' }, tools],
      'Warn',
    ],
    ['Auto refuses who only looks like one', ['Auto', { ...person, fieldManager: 'my-helm' }, tools], 'Deny'],
    ['Deny refuses a delivery tool', ['Deny', { ...person, fieldManager: 'helm' }, tools], 'Deny'],
    ['Warn warns a person', ['Warn', person, tools], 'Warn'],
  ];
  for (const [sentence, args, wanted] of cases) it(sentence, () => expect(decided(...args)).to.equal(wanted));
});

describe('mutation', () => {
  const patchOf = (metadata: object, operation = 'CREATE') => {
    const verdict = mutate(
      readReview(review({ operation, object: object(metadata), oldObject: object(metadata) })),
      table,
    );
    return verdict.allowed ? verdict.patch : undefined;
  };

  it('adds the finalizer to an object that has none', () => {
    expect(patchOf({})).to.deep.equal([{ op: 'add', path: '/metadata/finalizers', value: [finalizer] }]);
  });
  it('adds it beside others', () => {
    expect(patchOf({ finalizers: ['a/b'] })).to.deep.equal([
      { op: 'add', path: '/metadata/finalizers/-', value: finalizer },
    ]);
  });
  it('does nothing twice', () => expect(patchOf({ finalizers: [finalizer] })).to.equal(undefined));
  it('leaves alone what is being deleted', () =>
    expect(patchOf({ deletionTimestamp: 'now' }, 'UPDATE')).to.equal(undefined));
});

describe('reservations', () => {
  let now: number;
  let stored: Set<string>;
  let reservations: Reservations;
  const named = (name: string, context = `/${name}`) =>
    resource('RestApi', name, { ...minimal.RestApi, context });
  const routeOf = (context: string) =>
    indexesOf(table.get('RestApi'), new SchemaCheck()).route(named('one', context))[0] ?? '';
  const names = (held: readonly Resource[]) => held.map(({ metadata }) => metadata.name);

  beforeEach(() => {
    now = 0;
    stored = new Set();
    const clock = { now: () => new Date(0), monotonicMs: () => now, sleep: () => Promise.resolve() };
    const schemas = new SchemaCheck();
    const indexes = new Map(table.rows.map((row) => [row.kind, indexesOf(row, schemas)]));
    reservations = new Reservations({
      clock,
      indexes,
      isStored: ({ metadata }) => stored.has(metadata.name),
    });
  });

  it('count until the informer shows the object, and no longer than 15 s', () => {
    for (const name of ['seen', 'told', 'never-seen']) reservations.hold(named(name));
    expect(names(reservations.current())).to.deep.equal(['seen', 'told', 'never-seen']);
    stored.add('seen');
    reservations.seen('RestApi', named('told').metadata);
    expect(names(reservations.current())).to.deep.equal(['never-seen']);
    now = 15_000;
    expect(reservations.current()).to.deep.equal([]);
  });

  it('are found by name and by what indexes say, as long as they count', () => {
    reservations.hold(named('one', '/same'));
    reservations.hold(named('two', '/same'));
    const found = () => [
      reservations.get('RestApi', named('one').metadata.namespace, 'one')?.metadata.name,
      names(reservations.by('RestApi', 'name', 'one')),
      names(reservations.by('RestApi', 'route', routeOf('/same'))),
    ];
    expect(found()).to.deep.equal(['one', ['one'], ['one', 'two']]);
    stored.add('one');
    expect(found()).to.deep.equal([undefined, [], ['two']]);
    now = 15_000;
    expect(found()).to.deep.equal([undefined, [], []]);
  });

  it('are those of the last creation of a name', () => {
    reservations.hold(named('one', '/old'));
    now = 10_000;
    reservations.hold(named('one', '/new'));
    now = 20_000;
    reservations.hold(named('two'));
    expect(names(reservations.current())).to.deep.equal(['one', 'two']);
    expect(names(reservations.by('RestApi', 'route', routeOf('/old')))).to.deep.equal([]);
    expect(names(reservations.by('RestApi', 'route', routeOf('/new')))).to.deep.equal(['one']);
  });
});

describe('a verdict', () => {
  const books = resource('RestApi', 'books', {});
  it('names the object and every fault, one line each, no line twice', () => {
    const fault = {
      path: 'spec.version',
      fault: 'is required',
      verdict: 'deny' as const,
      check: 'rules' as const,
    };
    const verdict = verdictOf(books, [fault, { ...fault, path: 'spec.context' }, fault]);
    expect(verdict.allowed ? '' : verdict.message).to.equal(
      'RestApi shop/books is not valid:\n  spec.version: is required\n  spec.context: is required',
    );
  });
  it('tells of 2000 characters of faults, and how many more there are', () => {
    const many = Array.from({ length: 100 }, (_, index) => ({
      path: `spec.a[${index}]`,
      fault: 'x'.repeat(80),
      verdict: 'deny' as const,
      check: 'rules' as const,
    }));
    const verdict = verdictOf(books, many);
    const message = verdict.allowed ? '' : verdict.message;
    expect(message.length).to.be.lessThan(2100);
    expect(message).to.match(/\n {2}and 7\d more$/);
  });
  it('keeps warnings within what the API server passes on', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      path: `a${index}`,
      fault: `x\n${'y'.repeat(400)}`,
      verdict: 'warn' as const,
      check: 'rules' as const,
    }));
    const { warnings } = verdictOf(books, many);
    expect(Math.max(...warnings.map((line) => line.length))).to.equal(256);
    expect(warnings.join('').length).to.be.at.most(4096);
    expect(warnings.join('')).not.to.contain('\n');
  });
});
