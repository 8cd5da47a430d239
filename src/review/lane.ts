import { Worker } from 'node:worker_threads';
import type { ReviewPolicySpec } from '../kinds/review-policy.ts';
import type { Clock } from '../runtime/clock.ts';
import { errorText } from '../runtime/describe-error.ts';
import type { Judgement, RuleKey } from './evaluation.ts';
import type { Facts } from './facts.ts';
import { at, notBegun, type FromWorker, type ToWorker } from './protocol.ts';

/** How long one rule may take, in milliseconds: what counts steps ends far earlier but for what it can't count. */
export const ruleBudgetMs = 1000;

/** How often a thread at work is looked at, in milliseconds. */
const watchMs = 50;

/** What a thread may hold, in MiB: an object of 3 MiB takes some 30. */
const resourceLimits = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 16, stackSizeMb: 2 };

/** Its name ends as ours does: .ts here, .js in the image. */
const entry = new URL(`./worker${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url);

export interface LaneDependencies {
  readonly clock: Clock;
  specOf(policy: number): ReviewPolicySpec | undefined;
  /** Whether a rule is evaluated elsewhere by now. */
  isElsewhere(rule: RuleKey): boolean;
  /** A rule took too long or too much, so that the thread was ended. */
  overran(rule: RuleKey): void;
}

interface Task {
  readonly facts: Facts;
  readonly rules: readonly RuleKey[];
  readonly judgements: Map<RuleKey, Judgement>;
  isOver: boolean;
  over(): void;
}

/**
 * One thread and those who wait for it. A rule that takes too long is ended with the thread, and the others of its task
 * go on in a new one. There is no thread until the first task.
 */
export class Lane {
  readonly #dependencies: LaneDependencies;
  readonly #progress = new Int32Array(new SharedArrayBuffer(8));
  readonly #defined = new Set<number>();
  #waiting: Task[] = [];
  #current: { readonly task: Task; readonly rules: readonly RuleKey[]; watch: NodeJS.Timeout } | undefined;
  #worker: Worker | undefined;

  constructor(dependencies: LaneDependencies) {
    this.#dependencies = dependencies;
  }

  /** Judges rules; what is not told within the time, or is evaluated elsewhere when their turn comes, is left out. */
  async run(
    facts: Facts,
    rules: readonly RuleKey[],
    withinMs: number,
  ): Promise<ReadonlyMap<RuleKey, Judgement>> {
    const judgements = new Map<RuleKey, Judgement>();
    if (rules.length === 0) return judgements;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.#abandon(task), withinMs);
      const task: Task = {
        facts,
        rules,
        judgements,
        isOver: false,
        over: () => {
          clearTimeout(timer);
          task.isOver = true;
          resolve();
        },
      };
      this.#waiting.push(task);
      this.#next();
    });
    return judgements;
  }

  /** A policy is no more; should a task still need it, it is handed over once again. */
  forget(policy: number): void {
    if (this.#defined.delete(policy)) this.#tell({ is: 'forget', policy });
  }

  /** Ends the thread; whoever waits is answered with what is known. The lane can be used again. */
  async end(): Promise<void> {
    const worker = this.#drop();
    const tasks = [...(this.#current === undefined ? [] : [this.#current.task]), ...this.#waiting];
    this.#current = undefined;
    this.#waiting = [];
    for (const task of tasks) task.over();
    await worker?.terminate();
  }

  #next(): void {
    if (this.#current !== undefined) return;
    this.#waiting = this.#waiting.filter(({ isOver }) => !isOver);
    const task = this.#waiting.shift();
    if (task === undefined) {
      this.#worker?.unref();
      return;
    }
    const rules = task.rules.filter(
      (rule) => !task.judgements.has(rule) && !this.#dependencies.isElsewhere(rule),
    );
    if (rules.length === 0) {
      task.over();
      this.#next();
      return;
    }
    this.#worker ??= this.#start();
    this.#worker.ref();
    for (const policy of new Set(rules.map(({ policy: number }) => number))) this.#define(policy);
    Atomics.store(this.#progress, at.rule, notBegun);
    Atomics.store(this.#progress, at.cancelled, 0);
    this.#current = { task, rules, watch: this.#watch() };
    this.#tell({ is: 'task', facts: task.facts, rules, progress: this.#progress });
  }

  #define(policy: number): void {
    const spec = this.#dependencies.specOf(policy);
    if (spec === undefined || this.#defined.has(policy)) return;
    this.#defined.add(policy);
    this.#tell({ is: 'define', policy, spec });
  }

  #tell(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #start(): Worker {
    // It needs nothing of the environment, and so gets nothing of it.
    const worker = new Worker(entry, { resourceLimits, env: {}, execArgv: [], argv: [] });
    worker.on('message', ({ judgements }: FromWorker) => {
      if (worker === this.#worker) this.#answered(judgements);
    });
    worker.on('error', (error) => {
      if (worker === this.#worker) this.#fallen(errorText(error));
    });
    worker.on('exit', () => {
      if (worker === this.#worker) this.#fallen('the thread ended');
    });
    return worker;
  }

  #answered(judgements: readonly Judgement[]): void {
    const current = this.#current;
    if (current === undefined) return;
    clearInterval(current.watch);
    for (const [index, judgement] of judgements.entries()) {
      const rule = current.rules[index];
      if (rule !== undefined) current.task.judgements.set(rule, judgement);
    }
    this.#current = undefined;
    current.task.over();
    this.#next();
  }

  /** Looks on whether the thread goes on from rule to rule. Until it has begun it is starting, not evaluating. */
  #watch(): NodeJS.Timeout {
    const { clock } = this.#dependencies;
    let seen = notBegun;
    let since = clock.monotonicMs();
    return setInterval(() => {
      const rule = Atomics.load(this.#progress, at.rule);
      if (rule !== seen || rule === notBegun) {
        seen = rule;
        since = clock.monotonicMs();
      } else if (clock.monotonicMs() - since > ruleBudgetMs)
        this.#fallen(`it takes longer than ${ruleBudgetMs} ms`);
    }, watchMs);
  }

  /** The thread is of no use any more. What it was at is to blame, and everything else goes on without it. */
  #fallen(message: string): void {
    void this.#drop()?.terminate();
    const current = this.#current;
    if (current === undefined) return;
    const { task, rules } = current;
    this.#current = undefined;
    const rule = rules[Atomics.load(this.#progress, at.rule)];
    if (rule === undefined) {
      // It has not even begun.
      for (const each of rules) task.judgements.set(each, { is: 'failed', why: 'error', message });
    } else {
      task.judgements.set(rule, { is: 'failed', why: 'limit', message });
      this.#dependencies.overran(rule);
    }
    if (task.rules.every((each) => task.judgements.has(each))) task.over();
    else this.#waiting.unshift(task);
    this.#next();
  }

  #drop(): Worker | undefined {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#defined.clear();
    if (this.#current !== undefined) clearInterval(this.#current.watch);
    return worker;
  }

  /** Nobody waits for a task any more; the thread stops after the rule that it is at. */
  #abandon(task: Task): void {
    if (this.#current?.task === task) Atomics.store(this.#progress, at.cancelled, 1);
    task.over();
  }
}
