import { isDeepStrictEqual } from 'node:util';
import type { ReviewPolicySpec } from '../kinds/review-policy.ts';
import type { Violation } from '../model/violation.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Breach } from './breach.ts';
import { createLanguage, type Language } from './cel/environment.ts';
import { compilePolicy, type PolicyProgram } from './cel/policy-program.ts';
import { policySpecOf, type PolicyContext } from './compile.ts';
import type { Judgement, RuleKey } from './evaluation.ts';
import { factsOf, type Facts } from './facts.ts';
import { Lane } from './lane.ts';
import { actionIn, exceptionFor, isAbout } from './match.ts';
import { isLeftAlone } from './standing.ts';
import type { ReviewSubject } from './subject.ts';
import { oneLine } from './words.ts';

/** A policy as it is stored, or as it stands in a file. A spec is never changed: another one is another object. */
export interface StoredPolicy {
  readonly name: string;
  readonly spec: unknown;
}

/** What became of a rule of one review, for counting; `excused` ones were broken. */
export const reviewOutcomes = ['held', 'broken', 'excused', 'error', 'limit'] as const;

export type ReviewOutcome = (typeof reviewOutcomes)[number];

export interface ReviewerDependencies extends PolicyContext {
  readonly clock: Clock;
  readonly counted?: (outcome: ReviewOutcome) => void;
}

/** How long one review may take, waiting included, in milliseconds; the API server waits for 5 s. */
export const reviewBudgetMs = 2500;

/** How long a rule that was ended is kept away from the others, in milliseconds. */
const asideMs = 600_000;

interface Known extends StoredPolicy {
  readonly number: number;
  readonly checked: ReviewPolicySpec | undefined;
  /** Absent where the schema already refuses the policy. */
  readonly program: PolicyProgram | undefined;
  readonly faults: readonly Violation[];
}

/**
 * Judges resources by policies. Everything that is evaluated runs in a worker thread that is ended when it takes too
 * long or too much; rules that once did go on in a thread of their own. There is no thread while no policy is set.
 */
export class Reviewer implements AsyncDisposable {
  readonly #dependencies: ReviewerDependencies;
  readonly #usual: Lane;
  readonly #aside: Lane;
  readonly #language: Language = createLanguage();
  /** Rules that had to be ended, and until when they are kept aside; by policy and rule. */
  readonly #slow = new Map<string, number>();
  #policies: readonly Known[] = [];
  /** Those before, for reviews that are still under way. */
  #former: readonly Known[] = [];
  #last = 0;

  constructor(dependencies: ReviewerDependencies) {
    this.#dependencies = dependencies;
    const lane = (isElsewhere: (rule: RuleKey) => boolean) =>
      new Lane({
        clock: dependencies.clock,
        isElsewhere,
        specOf: (number) =>
          [...this.#policies, ...this.#former].find((policy) => policy.number === number)?.checked,
        overran: (rule) => this.#slow.set(keyOf(rule), dependencies.clock.monotonicMs() + asideMs),
      });
    this.#usual = lane((rule) => this.#isAside(rule));
    this.#aside = lane(() => false);
  }

  /**
   * Replaces all policies and compiles what is new. A rule that does not compile fails wherever it applies; of a policy
   * that its schema refuses nobody can say what it is about, so it is left out. `faults` tells both.
   */
  setPolicies(policies: readonly StoredPolicy[]): void {
    const before = this.#policies;
    const sorted = policies.toSorted((one, other) => (one.name < other.name ? -1 : 1));
    this.#policies = sorted.map(
      (policy) =>
        before.find(({ name, spec }) => name === policy.name && isDeepStrictEqual(spec, policy.spec)) ??
        this.#read(policy),
    );
    const kept = new Set([...before, ...this.#policies].map(({ number }) => number));
    for (const { number } of this.#former.filter((policy) => !kept.has(policy.number))) {
      this.#usual.forget(number);
      this.#aside.forget(number);
    }
    this.#former = before;
    if (this.#policies.length === 0) void this[Symbol.asyncDispose]();
  }

  /** What keeps policies, or rules of them, from being evaluated, by the names of those that have faults. */
  faults(): ReadonlyMap<string, readonly Violation[]> {
    return new Map(
      this.#policies.filter(({ faults }) => faults.length > 0).map(({ name, faults }) => [name, faults]),
    );
  }

  /** Whether any policy is set: without one, nothing needs to be gathered for a review. */
  get isNeeded(): boolean {
    return this.#policies.length > 0;
  }

  /** The names of the policies that are about a subject, whatever they say of it. */
  about(subject: ReviewSubject): readonly string[] {
    return this.#about(subject).map(({ name }) => name);
  }

  /** Every breach, in the order of policies' names and of their rules; told within `reviewBudgetMs`. */
  async review(subject: ReviewSubject): Promise<readonly Breach[]> {
    const about = this.#about(subject);
    if (about.length === 0) return [];
    const facts = factsOf(subject, this.#dependencies.schemas);
    const rules = about.flatMap(({ number, checked }) =>
      (checked?.rules ?? []).map((_, rule): RuleKey => ({ policy: number, rule })),
    );
    const judgements = await this.#judged(facts, rules);
    return rules.flatMap((key) => {
      const policy = about.find(({ number }) => number === key.policy);
      const judgement = judgements.get(key) ?? late;
      return policy === undefined ? [] : this.#breach(policy, key.rule, judgement, subject);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#usual.end(), this.#aside.end()]);
  }

  #about(subject: ReviewSubject): readonly Known[] {
    return this.#policies.filter(({ checked }) => checked !== undefined && isAbout(checked, subject));
  }

  #read(policy: StoredPolicy): Known {
    const checked = policySpecOf(policy.spec, this.#dependencies);
    const number = (this.#last += 1);
    if ('violations' in checked)
      return { ...policy, number, checked: undefined, program: undefined, faults: checked.violations };
    const program = compilePolicy(checked.spec, this.#language);
    return { ...policy, number, checked: checked.spec, program, faults: program.faults };
  }

  /** What was kept waiting by a rule that was then put aside has only lost the time that this took. */
  async #judged(facts: Facts, rules: readonly RuleKey[]): Promise<ReadonlyMap<RuleKey, Judgement>> {
    const { clock } = this.#dependencies;
    const end = clock.monotonicMs() + reviewBudgetMs;
    const isAside = (rule: RuleKey) => this.#isAside(rule);
    const [usual, aside] = await Promise.all([
      this.#usual.run(facts, rules, reviewBudgetMs),
      this.#aside.run(facts, rules.filter(isAside), reviewBudgetMs),
    ]);
    const told = new Map([...usual, ...aside]);
    const left = rules.filter((rule) => !told.has(rule) && isAside(rule));
    return new Map([...told, ...(await this.#aside.run(facts, left, end - clock.monotonicMs()))]);
  }

  #isAside(rule: RuleKey): boolean {
    return (this.#slow.get(keyOf(rule)) ?? 0) > this.#dependencies.clock.monotonicMs();
  }

  #breach(
    { name, checked, program }: Known,
    index: number,
    judgement: Judgement,
    subject: ReviewSubject,
  ): readonly Breach[] {
    const rule = checked?.rules[index];
    if (checked === undefined || rule === undefined) return [];
    const exception = exceptionFor(checked, rule.name, subject);
    this.#count(judgement, exception !== undefined);
    if (judgement.is === 'held') return [];
    const action = actionIn(checked, rule.action, subject.namespace);
    const breach = {
      policy: name,
      rule: rule.name,
      action,
      path: rule.path ?? 'spec',
      ...(exception && { excused: { reason: oneLine(exception.reason), expires: exception.expires } }),
    };
    if (judgement.is === 'failed')
      return [
        { ...breach, message: oneLine(`can't be judged: ${judgement.message}`), failed: judgement.why },
      ];
    const message = oneLine(judgement.message ?? rule.message ?? 'is not as the rule asks');
    const reads = program?.rules[index]?.reads ?? [];
    const standing = action === 'Deny' && this.#stands(checked, rule, reads, subject);
    return [{ ...breach, message, ...(standing && { standing }) }];
  }

  /** Whether the stored object is broken in the same way, so that an edit elsewhere is not to blame. */
  #stands(
    spec: ReviewPolicySpec,
    rule: ReviewPolicySpec['rules'][number],
    reads: PolicyProgram['rules'][number]['reads'],
    subject: ReviewSubject,
  ): boolean {
    const { old, selected, selectedBefore = selected } = subject;
    if (old === undefined) return false;
    const before = { ...subject, object: old, old: undefined, selected: selectedBefore };
    if (!isAbout(spec, before) || exceptionFor(spec, rule.name, before) !== undefined) return false;
    const version = (of: ReviewSubject) => ({
      object: of.object,
      facts: factsOf(of, this.#dependencies.schemas),
    });
    return isLeftAlone(reads, rule.path, version(subject), version(before));
  }

  #count(judgement: Judgement, isExcused: boolean): void {
    const { counted } = this.#dependencies;
    if (judgement.is === 'failed') counted?.(judgement.why);
    else if (judgement.is === 'held') counted?.('held');
    else counted?.(isExcused ? 'excused' : 'broken');
  }
}

const late: Judgement = {
  is: 'failed',
  why: 'limit',
  message: `the review took longer than ${reviewBudgetMs} ms`,
};

function keyOf({ policy, rule }: RuleKey): string {
  return `${policy}/${rule}`;
}
