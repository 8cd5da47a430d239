import { request as httpsRequest } from 'node:https';
import { json } from 'node:stream/consumers';
import { expect } from 'chai';
import { reviewGroup } from '../../../src/kinds/review-policy.ts';
import { group } from '../../../src/model/generation.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { minimal, type KindName } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { review } from '../../unit/webhook/reviews.ts';

interface Rule {
  readonly name: string;
  readonly expression: string;
  readonly action: 'Deny' | 'Warn' | 'Audit';
  readonly [field: string]: unknown;
}

const allTls: Rule = {
  name: 'tls',
  expression: 'upstreams.all(u, u.tls || u.inCluster)',
  action: 'Deny',
  messageExpression: '"sends requests in clear to " + upstreams.filter(u, !u.tls).map(u, u.host).join(", ")',
  path: 'spec.upstream',
};

const loop = (inner: string) => `object.spec.operations.all(a, ${inner})`;

describe('review policies behind a real API server', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack;
  let namespace: string;
  const policies = new Set<string>();

  before(async () => {
    stack = await startStack({ cluster: cluster(), api: 'v0.9', withoutController: true });
  });
  after(() => stack.stop());
  beforeEach(async () => {
    namespace = await freshNamespace('review');
  });
  afterEach(async () => {
    if (policies.size > 0) await kubectl(['delete', 'reviewpolicies', '--ignore-not-found', ...policies]);
    policies.clear();
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  });

  const run = (object: object, ...args: string[]) =>
    cluster().kubectlRun(['apply', '-f', '-', ...args], JSON.stringify(object));
  const api = (name: string, url: string, more: object = {}, labels: object = {}) => ({
    apiVersion: `${group}/v1`,
    kind: 'RestApi' satisfies KindName,
    metadata: { name, namespace, labels },
    spec: {
      ...minimal.RestApi,
      displayName: name,
      context: `/${name}`,
      upstream: { main: { url } },
      ...more,
    },
  });
  const policyOf = (name: string, rules: readonly Rule[], more: object = {}) => ({
    apiVersion: `${reviewGroup}/v1`,
    kind: 'ReviewPolicy',
    metadata: { name },
    spec: { match: { namespaces: [namespace] }, rules, ...more },
  });
  /** Applies a policy, and waits until the webhook goes by it: it is told of a change by its watch. */
  const install = async (name: string, rules: readonly Rule[], more: object = {}) => {
    policies.add(name);
    const probe: Rule = { name: 'probe', expression: `object.metadata.name != "probe"`, action: 'Deny' };
    const version = String(Date.now());
    const { code, stderr } = await run(
      policyOf(name, [...rules, { ...probe, message: `version ${version}` }], more),
    );
    expect(code, stderr).to.equal(0);
    for (;;) {
      const answer = await run(api('probe', 'https://a.example', {}, { tier: 'gold' }), '--dry-run=server');
      if (answer.stderr.includes(`version ${version}`)) return stderr;
    }
  };
  /** What kubectl says of it, with whether it was stored. */
  const applied = async (object: object, ...args: string[]) => {
    const { code, stderr } = await run(object, ...args);
    return { isStored: code === 0, stderr };
  };

  it('refuse by Deny, warn by Warn and say nothing by Audit, at a dry run as well', async () => {
    const rules = (['Deny', 'Warn', 'Audit'] as const).map((action) => ({
      ...allTls,
      name: `tls-${action.toLowerCase()}`,
      action,
    }));
    await install('actions', rules);
    const line = (rule: string) =>
      `spec.upstream: sends requests in clear to films.example (policy actions, rule ${rule})`;
    for (const args of [['--dry-run=server'], []]) {
      const { isStored, stderr } = await applied(api('films', 'http://films.example'), ...args);
      expect(isStored).to.equal(false);
      expect(stderr).to.contain(
        `denied the request: RestApi ${namespace}/films is not valid:\n  ${line('tls-deny')}`,
      );
      expect(stderr).to.contain(`Warning: ${line('tls-warn')}`);
      expect(stderr).not.to.contain('tls-audit');
    }
    const well = await applied(api('films', 'https://films.example'));
    expect(well.isStored).to.equal(true);
    expect(well.stderr).not.to.contain('policy actions');
    expect((await applied(api('inside', 'http://films.shop.svc:8080'))).isStored).to.equal(true);
  });

  it('write every breach into the annotations of the audit log, whatever it leads to', async () => {
    await install('audited', [
      { ...allTls, action: 'Audit' },
      { ...allTls, name: 'also', action: 'Warn' },
    ]);
    const [webhook] = stack.webhooks;
    const { apiVersion: _, ...object } = api('films', 'http://films.example');
    const body = JSON.stringify(review({ namespace, name: 'films', object }));
    const sent = httpsRequest(`${webhook!.url}/validate`, { method: 'POST', rejectUnauthorized: false });
    const answer = await new Promise<object>((resolve, reject) => {
      sent.once('error', reject).once('response', (response) => resolve(json(response)));
      sent.end(body);
    });
    const { response } = answer as {
      response: { allowed: boolean; warnings: string[]; auditAnnotations: Record<string, string> };
    };
    expect(response.allowed).to.equal(true);
    expect(response.warnings.filter((line) => line.includes('policy audited'))).to.have.length(1);
    const told = JSON.parse(response.auditAnnotations.review ?? '') as { rule: string; action: string }[];
    expect(told.map(({ rule, action }) => [rule, action])).to.deep.equal([
      ['tls', 'Audit'],
      ['also', 'Warn'],
    ]);
  });

  it('forgive an edit what stood before, and nothing that it touches', async () => {
    expect((await applied(api('old', 'http://old.example'))).isStored).to.equal(true);
    await install('later', [allTls]);
    const elsewhere = await applied(api('old', 'http://old.example', { context: '/older' }));
    expect(elsewhere.isStored, elsewhere.stderr).to.equal(true);
    expect(elsewhere.stderr).to.contain('Warning: spec.upstream: sends requests in clear to old.example');
    expect((await applied(api('old', 'http://new.example'))).isStored).to.equal(false);
    expect((await applied(api('old', 'https://new.example'))).isStored).to.equal(true);
  });

  it('count for whatever a change of labels brings under them', async () => {
    await install('labelled', [allTls], {
      match: { namespaces: [namespace], labelSelector: { matchLabels: { tier: 'gold' } } },
    });
    expect((await applied(api('plain', 'http://plain.example'))).isStored).to.equal(true);
    const gold = await applied(api('plain', 'http://plain.example', {}, { tier: 'gold' }));
    expect(gold.isStored).to.equal(false);
    expect(gold.stderr).to.contain('policy labelled, rule tls');
  });

  it('are milder where their roll-out says so', async () => {
    await install('rolled-out', [allTls], {
      match: { namespaces: [namespace] },
      rollout: [{ namespaces: ['review-*'], action: 'Warn' }],
    });
    const { isStored, stderr } = await applied(api('mild', 'http://mild.example'));
    expect(isStored, stderr).to.equal(true);
    expect(stderr).to.contain('Warning: spec.upstream: sends requests in clear to mild.example');
  });

  it('excuse until an exception ends', async () => {
    const soon = new Date(Date.now() + 4000).toISOString();
    const excused = { names: ['excused-*'], reason: 'moves next week', expires: soon };
    await install('excusing', [allTls], { exceptions: [excused] });
    const first = await applied(api('excused-one', 'http://one.example'));
    expect(first.isStored, first.stderr).to.equal(true);
    expect(first.stderr).to.contain(`excused until ${soon}: moves next week)`);
    expect((await applied(api('other', 'http://other.example'))).isStored).to.equal(false);
    await new Promise((resolve) =>
      setTimeout(resolve, Math.max(0, new Date(soon).getTime() - Date.now() + 50)),
    );
    expect((await applied(api('excused-two', 'http://two.example'))).isStored).to.equal(false);
  });

  it('are refused themselves where they do not compile, with every fault and its place', async () => {
    const { isStored, stderr } = await applied(
      policyOf(
        'broken',
        [
          { ...allTls, expression: 'upstreams.all(u, u.tsl)', messageExpression: '1 + 1' },
          { ...allTls, expression: 'object.spec.name.matches("(")' },
        ],
        { match: { kinds: ['RestAPI'] }, exceptions: [{ reason: 'x', expires: 'never' }] },
      ),
    );
    expect(isStored).to.equal(false);
    expect(stderr).to.contain('ReviewPolicy broken is not valid:');
    expect(stderr).to.contain('spec.exceptions[0].expires: must be a moment as RFC 3339 writes it');
    const again = await applied(
      policyOf(
        'broken',
        [
          { ...allTls, expression: 'upstreams.all(u, u.tsl)', messageExpression: '1 + 1' },
          { ...allTls, expression: 'object.spec.name.matches("(")' },
        ],
        { match: { kinds: ['RestAPI'] } },
      ),
    );
    expect(again.stderr).to.contain(
      'spec.match.kinds[0]: is no kind of Portcullis, got "RestAPI"; did you mean RestApi?',
    );
    expect(again.stderr).to.contain('spec.rules[1].name: repeats spec.rules[0].name');
    expect(again.stderr).to.contain(
      'spec.rules[0].expression: is no valid CEL: No such key: tsl (line 1, column 20)',
    );
    expect(again.stderr).to.contain('spec.rules[0].messageExpression: must give string, gives int');
    expect(again.stderr).to.contain('spec.rules[1].expression: "(" is no regular expression of RE2');
  });

  it('are taken with a warning where something in them has no effect', async () => {
    policies.add('idle');
    const past = { reason: 'long ago', expires: '2020-01-01T00:00:00Z' };
    const { isStored, stderr } = await applied(
      policyOf('idle', [allTls], { exceptions: [past], variables: [{ name: 'unused', expression: '1' }] }),
    );
    expect(isStored, stderr).to.equal(true);
    expect(stderr).to.contain('spec.exceptions[0].expires: lies in the past, so that nothing is excused');
    expect(stderr).to.contain('spec.variables[0]: is used by no expression, got "unused"');
  });

  it('neither stall nor end the webhook by an exponential pattern or a cubic loop', async () => {
    const [webhook] = stack.webhooks;
    const operations = Array.from({ length: 500 }, (_, index) => ({ method: 'GET', path: `/p${index}` }));
    await install('endless', [
      {
        name: 'pattern',
        expression: '!object.metadata.annotations.note.matches("^(a+)+$")',
        action: 'Deny',
        message: 'never said',
      },
      { name: 'loop', expression: loop(loop(loop('true'))), action: 'Deny' },
      { name: 'mild', expression: loop(loop(loop('true'))), action: 'Audit' },
    ]);
    const hostile = api('hostile', 'https://a.example', { operations });
    const noted = {
      ...hostile,
      metadata: { ...hostile.metadata, annotations: { note: `${'a'.repeat(50_000)}!` } },
    };
    const elsewhere = await freshNamespace('review');
    const [refusals, others] = await Promise.all([
      Promise.all([1, 2, 3].map(() => applied(noted, '--dry-run=server'))),
      Promise.all(
        [1, 2, 3].map((index) => {
          const other = api(`other-${index}`, 'https://a.example');
          return applied({ ...other, metadata: { ...other.metadata, namespace: elsewhere } });
        }),
      ),
    ]);
    await kubectl(['delete', 'namespace', elsewhere, '--wait=false']);
    for (const { isStored, stderr } of refusals) {
      expect(isStored).to.equal(false);
      expect(stderr).to.contain("can't be judged: takes more than 250000 steps (policy endless, rule loop)");
      expect(stderr).not.to.contain('rule pattern');
      expect(stderr).not.to.contain('rule mild');
    }
    for (const { isStored, stderr } of others) expect(isStored, stderr).to.equal(true);
    const metrics = await (await fetch(`${webhook!.probeUrl}/metrics`)).text();
    expect(metrics).to.match(/^portcullis_admission_policy_rules_total\{outcome="limit"\} [1-9]/m);
    expect(metrics).to.match(/^portcullis_admission_policies\{state="well"\} [1-9]/m);
  });
});
