import type { ReviewPolicySpec } from '../kinds/review-policy.ts';
import { createLanguage, type Language } from './cel/environment.ts';
import { tooManySteps, TooMuch } from './cel/effort.ts';
import { summaryOf } from './cel/expression.ts';
import { compilePolicy, type PolicyProgram, type RuleProgram } from './cel/policy-program.ts';
import { activationOf, lazily } from './cel/values.ts';
import type { Facts } from './facts.ts';

/** A rule of a policy that was handed over; `rule` is its index. */
export interface RuleKey {
  readonly policy: number;
  readonly rule: number;
}

/** What became of one rule: it holds, it is broken (with words where the policy makes them), or it could not be told. */
export type Judgement =
  | { readonly is: 'held' }
  | { readonly is: 'broken'; readonly message: string | undefined }
  | { readonly is: 'failed'; readonly why: 'error' | 'limit'; readonly message: string };

/** Evaluates rules. It blocks for as long as that takes, so it belongs into a thread of its own (see worker.ts). */
export class Evaluation {
  readonly #language: Language = createLanguage();
  readonly #programs = new Map<number, PolicyProgram>();

  /** Hands over a policy under a number; what stood under it is forgotten. */
  define(policy: number, spec: ReviewPolicySpec): void {
    this.#programs.set(policy, compilePolicy(spec, this.#language));
  }

  forget(policy: number): void {
    this.#programs.delete(policy);
  }

  /** A judge of rules by some facts; what they share is made once. */
  of(facts: Facts): (rule: RuleKey) => Judgement {
    const base = activationOf(facts);
    const activations = new Map<number, Record<string, unknown>>();
    return ({ policy, rule }) => {
      const program = this.#programs.get(policy);
      const of = program?.rules[rule];
      if (program === undefined || of === undefined) return failed('error', 'the rule is not known');
      const activation = activations.get(policy) ?? withVariables(program, base);
      activations.set(policy, activation);
      return this.#judge(of, activation, facts.request === null);
    };
  }

  #judge(
    { condition, message, reads }: RuleProgram,
    activation: Record<string, unknown>,
    inBackground: boolean,
  ): Judgement {
    if (condition === undefined) return failed('error', 'it does not compile; see the status of the policy');
    const { effort } = this.#language;
    effort.begin();
    try {
      const holds = condition.evaluate(activation);
      if (effort.isSpent) return failed('limit', tooManySteps);
      if (holds === true) return { is: 'held' };
      if (holds !== false) return failed('error', 'it gives neither true nor false');
      return { is: 'broken', message: this.#words(message, activation) };
    } catch (error) {
      if (effort.isSpent || error instanceof TooMuch) return failed('limit', summaryOf(error));
      // What asks who asks says nothing where nobody does.
      if (inBackground && reads.some(([name]) => name === 'request')) return { is: 'held' };
      return failed('error', summaryOf(error));
    }
  }

  /** Undefined where there are none, or they can't be made: the policy's other words stand then. */
  #words(message: RuleProgram['message'], activation: Record<string, unknown>): string | undefined {
    if (message === undefined) return undefined;
    this.#language.effort.begin();
    try {
      const words = message.evaluate(activation);
      return typeof words === 'string' && words.trim() !== '' ? words.slice(0, longestWords) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** What is cleaned and cut for people later is no longer than this, in UTF-16 units. */
const longestWords = 4096;

function failed(why: 'error' | 'limit', message: string): Judgement {
  return { is: 'failed', why, message: message.slice(0, longestWords) };
}

/** Variables are evaluated at their first use, by whatever rule that is, and once. */
function withVariables(program: PolicyProgram, base: Record<string, unknown>): Record<string, unknown> {
  const activation: Record<string, unknown> = Object.create(base) as Record<string, unknown>;
  const variables = lazily(
    Object.fromEntries(
      program.variables.map(({ name, expression }) => [name, () => expression.evaluate(activation)]),
    ),
  );
  return Object.defineProperty(activation, 'variables', { value: variables });
}
