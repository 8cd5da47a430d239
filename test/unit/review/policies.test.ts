import { expect } from 'chai';
import { adviceOf, faultsOf } from '../../../src/review/compile.ts';
import { reviewFindings } from '../../../src/review/findings.ts';
import type { ReviewSubject } from '../../../src/review/subject.ts';
import { gateway } from '../checks/world.ts';
import { context, now, policy, resource, reviewBy, rule, subject, type TestRule } from './subjects.ts';

const never = rule('false', { message: 'never' });

const books = subject(resource('RestApi', {}, { labels: { tier: 'gold' } }));

interface Case {
  readonly title: string;
  readonly match: object;
  readonly of?: ReviewSubject;
  readonly isAbout: boolean;
}

const inNamespace = (name: string, labels: Readonly<Record<string, string>> = {}): ReviewSubject => ({
  ...books,
  namespace: { name, labels, annotations: {} },
});

const matches: readonly Case[] = [
  { title: 'everything where nothing is given', match: {}, isAbout: true },
  { title: 'a kind that it names', match: { kinds: ['Mcp', 'RestApi'] }, isAbout: true },
  { title: 'no other kind', match: { kinds: ['Mcp'] }, isAbout: false },
  { title: 'no kind where it names none', match: { kinds: [] }, isAbout: false },
  { title: 'a namespace by its name', match: { namespaces: ['shop'] }, isAbout: true },
  { title: 'a namespace by a pattern', match: { namespaces: ['sh*p', 'x'] }, isAbout: true },
  {
    title: 'no namespace that a pattern only begins like',
    match: { namespaces: ['sho', '*x*'] },
    isAbout: false,
  },
  {
    title: 'no letter twice for a pattern',
    match: { namespaces: ['aa*aa'] },
    of: inNamespace('aaa'),
    isAbout: false,
  },
  { title: 'several stars', match: { namespaces: ['a*b*c'] }, of: inNamespace('a-b-b-c'), isAbout: true },
  { title: 'no namespace that is left out', match: { excludeNamespaces: ['sh*'] }, isAbout: false },
  {
    title: 'a namespace by its labels',
    match: { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'In', values: ['books'] }] } },
    isAbout: true,
  },
  {
    title: 'no namespace without the label',
    match: { namespaceSelector: { matchLabels: { team: 'books' } } },
    of: inNamespace('shop'),
    isAbout: false,
  },
  { title: 'labels', match: { labelSelector: { matchLabels: { tier: 'gold' } } }, isAbout: true },
  {
    title: 'no other labels',
    match: { labelSelector: { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] } },
    isAbout: false,
  },
  {
    title: 'what one of its gateways selects',
    match: { gateways: ['gateways/prod-*'] },
    of: { ...books, selected: [gateway('test'), gateway('prod-1')] },
    isAbout: true,
  },
  { title: 'nothing that none of them selects', match: { gateways: ['*/*'] }, isAbout: false },
  {
    title: 'all that is given at once',
    match: { kinds: ['RestApi'], namespaces: ['other'] },
    isAbout: false,
  },
];

describe('what a policy is about', () => {
  for (const { title, match, of = books, isAbout } of matches)
    it(`is ${title}`, async () => {
      expect(await reviewBy([policy([never], { match })], of)).to.have.length(isAbout ? 1 : 0);
    });
});

describe('what a breach leads to', () => {
  const actionOf = async (rollout: readonly object[], of = books) =>
    (await reviewBy([policy([never], { rollout })], of))[0]?.action;

  it('is what the first fitting entry of the roll-out allows', async () => {
    expect(await actionOf([])).to.equal('Deny');
    expect(await actionOf([{ namespaces: ['other'], action: 'Audit' }])).to.equal('Deny');
    expect(await actionOf([{ namespaces: ['sh*'], action: 'Warn' }, { action: 'Audit' }])).to.equal('Warn');
    const byLabel = { namespaceSelector: { matchLabels: { team: 'books' } }, action: 'Audit' };
    expect(await actionOf([byLabel])).to.equal('Audit');
  });

  it('is never graver than the rule says', async () => {
    const rules = [rule('false', { action: 'Audit' })];
    const [breach] = await reviewBy([policy(rules, { rollout: [{ action: 'Deny' }] })], books);
    expect(breach?.action).to.equal('Audit');
  });

  it('is a refusal for Deny and a warning for Warn, in the words of all findings', async () => {
    const rules: TestRule[] = (['Deny', 'Warn', 'Audit'] as const).map((action) =>
      rule('false', {
        name: action.toLowerCase(),
        action,
        message: 'is so\nand\u202eso',
        path: 'spec.upstream',
      }),
    );
    const findings = reviewFindings(await reviewBy([policy(rules)], books));
    expect(findings.map(({ verdict, path, fault }) => [verdict, path, fault])).to.deep.equal([
      ['deny', 'spec.upstream', 'is so and so (policy policy, rule deny)'],
      ['warn', 'spec.upstream', 'is so and so (policy policy, rule warn)'],
    ]);
  });

  it('is said in bounded words, and in the message where the expression gives none', async () => {
    const rules = [
      rule('false', {
        name: 'long',
        messageExpression:
          '"x".replace("x", "🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉").replace("🎉", "🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉").replace("🎉", "🎉🎉🎉🎉🎉🎉🎉🎉")',
      }),
      rule('false', { name: 'fails', messageExpression: 'object.nothing.at', message: 'the other' }),
      rule('false', { name: 'empty', messageExpression: '" "', message: 'the other' }),
    ];
    const [long, fails, empty] = await reviewBy([policy(rules)], books);
    expect(long?.message).to.have.length.at.most(512);
    expect(long?.message).to.satisfy((text: string) => text.isWellFormed());
    expect([fails?.message, empty?.message]).to.deep.equal(['the other', 'the other']);
  });

  it('is refused where a rule that denies can not be evaluated, and told otherwise', async () => {
    const rules = (['Deny', 'Warn', 'Audit'] as const).map((action) =>
      rule('object.spec.nothing.at == 1', { name: action.toLowerCase(), action }),
    );
    const breaches = await reviewBy([policy(rules)], books);
    expect(breaches.map(({ action, failed }) => [action, failed])).to.deep.equal([
      ['Deny', 'error'],
      ['Warn', 'error'],
      ['Audit', 'error'],
    ]);
    expect(reviewFindings(breaches).map(({ verdict, fault }) => [verdict, fault.slice(0, 33)])).to.deep.equal(
      [
        ['deny', "can't be judged: No such key: not"],
        ['warn', "can't be judged: No such key: not"],
      ],
    );
  });

  it('is nothing in the background for a rule that asks who asks', async () => {
    const rules = [
      rule('request.userInfo.username == "root"'),
      rule('variables.who == "root"', { name: 'other' }),
    ];
    const variables = [{ name: 'who', expression: 'request.userInfo.username' }];
    const of = { ...books, request: undefined };
    expect(await reviewBy([policy(rules, { variables })], of)).to.deep.equal([]);
    expect(await reviewBy([policy(rules, { variables })], books)).to.have.length(2);
  });
});

describe('an exception', () => {
  const excusing = async (exception: object, of = books) => {
    const exceptions = [{ reason: 'moves', expires: '2026-01-02T00:00:00Z', ...exception }];
    return (await reviewBy([policy([never], { exceptions })], of))[0]?.excused;
  };

  it('names its reason and its end, and leads to a warning', async () => {
    expect(await excusing({})).to.deep.equal({ reason: 'moves', expires: '2026-01-02T00:00:00Z' });
    const exceptions = [{ reason: 'moves', expires: '2026-01-02T00:00:00Z' }];
    const [finding] = reviewFindings(await reviewBy([policy([never], { exceptions })], books));
    expect(finding).to.include({ verdict: 'warn' });
    expect(finding?.fault).to.contain('; excused until 2026-01-02T00:00:00Z: moves)');
  });

  it('is for what it names alone', async () => {
    expect(
      await excusing({ rules: ['rule'], kinds: ['RestApi'], namespaces: ['shop'], names: ['b*'] }),
    ).not.to.equal(undefined);
    for (const other of [
      { kinds: ['Mcp'] },
      { namespaces: ['other'] },
      { names: ['c*'] },
      { rules: [] },
      { labelSelector: { matchLabels: { tier: 'silver' } } },
    ])
      expect(await excusing(other)).to.equal(undefined);
  });

  it('counts no more from the moment at which it ends', async () => {
    expect(await excusing({ expires: now.toISOString() })).to.equal(undefined);
  });
});

describe('a policy that can not be', () => {
  const faults = (spec: object) => faultsOf(spec, context).map(({ path, fault }) => `${path}: ${fault}`);

  it('is told every fault at once, with its place in the expression', () => {
    const spec = {
      match: { kinds: ['RestApis'] },
      variables: [
        { name: 'a', expression: 'variables.b' },
        { name: 'b', expression: '1' },
        { name: 'b', expression: '2' },
      ],
      rules: [
        rule('object.spec.a ==\n  upstreams[0].prot', { name: 'one' }),
        rule('1 + 1', { name: 'one' }),
        rule('foo()', { name: 'two' }),
        rule('"x".matches("(?=y)")', { name: 'three', messageExpression: 'true' }),
      ],
      exceptions: [{ rules: ['tow'], reason: 'x', expires: '2030-01-01T00:00:00Z' }],
    };
    expect(faults(spec)).to.deep.equal([
      'spec.match.kinds[0]: is no kind of Portcullis',
      'spec.variables[2].name: repeats spec.variables[1].name',
      'spec.rules[1].name: repeats spec.rules[0].name',
      'spec.exceptions[0].rules[0]: is no rule of this policy',
      'spec.variables[0].expression: is no valid CEL: No such key: b (line 1, column 11)',
      'spec.rules[0].expression: is no valid CEL: No such key: prot (line 2, column 16)',
      'spec.rules[1].expression: must give bool, gives int',
      "spec.rules[2].expression: is no valid CEL: found no matching overload for 'foo()' (line 1, column 1)",
      'spec.rules[3].expression: "(?=y)" is no regular expression of RE2: error parsing regexp: invalid or unsupported Perl syntax: `(?=` (line 1, column 13)',
      'spec.rules[3].messageExpression: must give string, gives bool',
    ]);
  });

  it('is no error of ours, whatever the expression', () => {
    for (const expression of [
      '(',
      ')',
      '"',
      '\u0000',
      'a'.repeat(8000),
      '('.repeat(4000),
      '!'.repeat(8000),
      '[].map',
      '1e999',
      '__proto__',
      'constructor',
      'has()',
      'object.all(1, 2)',
      '//',
      '{',
      'b"\\ud800"',
    ])
      expect(faults({ rules: [rule(expression)] }), expression.slice(0, 20)).to.have.length(1);
  });

  it('is told what is taken and has no effect', () => {
    const spec = {
      variables: [{ name: 'unused', expression: '1' }],
      rules: [rule('true')],
      rollout: [{ action: 'Warn' }, { namespaces: ['a'], action: 'Audit' }],
      exceptions: [{ reason: 'x', expires: '2020-01-01T00:00:00Z' }],
    };
    expect(faults(spec)).to.deep.equal([]);
    expect(adviceOf(spec, { ...context, now }).map(({ path }) => path)).to.deep.equal([
      'spec.variables[0]',
      'spec.exceptions[0].expires',
      'spec.rollout[0]',
    ]);
  });
});

describe('an edit', () => {
  const https = rule('upstreams.all(u, u.tls)', { message: 'in clear', path: 'spec.upstream' });
  const api = (url: string, spec: object = {}, labels: Readonly<Record<string, string>> = {}) =>
    resource('RestApi', { upstream: { main: { url } }, ...spec }, { labels });
  const verdict = async (
    from: ReturnType<typeof api>,
    to: ReturnType<typeof api>,
    { rules = [https], more = {} }: { readonly rules?: readonly TestRule[]; readonly more?: object } = {},
  ) => reviewFindings(await reviewBy([policy(rules, { ...more })], subject(to, { old: from })))[0]?.verdict;

  it('is forgiven what it does not touch', async () => {
    expect(await verdict(api('http://a'), api('http://a', { context: '/b' }))).to.equal('warn');
  });

  it('is not forgiven another value that is as wrong, in whatever place the rule looks', async () => {
    expect(await verdict(api('http://a'), api('http://b'))).to.equal('deny');
    const definitions = (url: string) => ({
      upstream: { main: { ref: 'd' } },
      upstreamDefinitions: [{ name: 'd', upstreams: [{ url }] }],
    });
    expect(await verdict(api('', definitions('http://a')), api('', definitions('http://b')))).to.equal(
      'deny',
    );
    expect(await verdict(api('http://u:1@a'), api('http://u:2@a'))).to.equal('deny');
  });

  it('is not forgiven a rule that did not apply, or excused it, before', async () => {
    const gold = { match: { labelSelector: { matchLabels: { tier: 'gold' } } } };
    expect(await verdict(api('http://a'), api('http://a', {}, { tier: 'gold' }), { more: gold })).to.equal(
      'deny',
    );
    const exceptions = [
      { reason: 'x', expires: '2030-01-01T00:00:00Z', labelSelector: { matchLabels: { old: 'yes' } } },
    ];
    expect(
      await verdict(api('http://a', {}, { old: 'yes' }), api('http://a'), { more: { exceptions } }),
    ).to.equal('deny');
  });

  it('is never forgiven by a rule about the edit itself, or one that can not be evaluated', async () => {
    const kept = rule('oldObject == null || object.spec.context == oldObject.spec.context');
    expect(await verdict(api('https://a'), api('https://a', { context: '/b' }), { rules: [kept] })).to.equal(
      'deny',
    );
    const nobody = rule('request.userInfo.username != "ada"');
    expect(
      await verdict(api('https://a'), api('https://a', { context: '/b' }), { rules: [nobody] }),
    ).to.equal('deny');
    const failing = rule('object.spec.nothing.at');
    expect(
      await verdict(api('https://a'), api('https://a', { context: '/b' }), { rules: [failing] }),
    ).to.equal('deny');
  });

  it('is followed through variables to what a rule looks at', async () => {
    const variables = [
      { name: 'hosts', expression: 'upstreams.map(u, u.host)' },
      { name: 'n', expression: 'variables.hosts.size()' },
    ];
    const rules = [rule('variables.n == 0')];
    expect(
      await verdict(api('http://a'), api('http://a', { context: '/b' }), { rules, more: { variables } }),
    ).to.equal('warn');
    expect(await verdict(api('http://a'), api('http://b'), { rules, more: { variables } })).to.equal('deny');
  });
});
