import type { Breach } from '../../src/review/breach.ts';
import type { ReviewSubject } from '../../src/review/subject.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import type { ValueReader } from '../../src/kube/value-reader.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { resourceKey, type Stored, type Subject } from '../cluster/stored.ts';
import type { ControllerMetrics } from '../metrics.ts';
import { WorkQueue } from '../queue.ts';
import type { Shares } from '../shards/shares.ts';
import { factsOf } from './facts.ts';
import { Findings } from './finding-store.ts';
import { isToldIn, reviewedOf, toldIn, type Reviewed } from './reviewed.ts';

/** Who judges: the part of src/review's Reviewer that is needed here. */
export interface Judge {
  readonly isNeeded: boolean;
  review(subject: ReviewSubject): Promise<readonly Breach[]>;
  about(subject: ReviewSubject): readonly string[];
}

interface Dependencies {
  readonly judge: Judge;
  readonly cluster: Cluster;
  readonly shares: Pick<Shares, 'isIdle' | 'holds'>;
  readonly values: ValueReader;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<ControllerMetrics, 'review'>;
  /** Asks for the status of a resource to be told anew. */
  settle(resource: Stored): void;
  /** Whether statuses wait to be told: then this waits too. */
  isBusy(): boolean;
}

/** Reviews under way at once. What a policy says is found in a thread of its own; this one only waits. */
const workers = 2;

/** However busy others are, one more resource is reviewed after this time. */
const longestPauseMs = 1000;
const pauseMs = 50;

/**
 * Reviews what is stored whenever something changes that a policy may look at. It has a queue of its own and gives way
 * to everything else: after each review it rests as long as that took, and while statuses wait to be written it waits.
 *
 * Every replica that works reviews everything that it sees, since the status of a policy is about all resources; a
 * resource's own status is told by the replica that has its namespace.
 */
export class BackgroundReview {
  readonly findings = new Findings();
  readonly #deps: Dependencies;
  readonly #queue: WorkQueue;
  #epoch = 0;
  #isInRound = true;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
    this.#queue = new WorkQueue(dependencies);
    dependencies.metrics.review.queue.depth = () => this.#queue.depth;
  }

  /** Counts up with every reason to review everything anew. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Whether everything has been reviewed that there was when everything was to be reviewed last. */
  get isDone(): boolean {
    return !this.#isInRound;
  }

  /** Asks for a review of one resource, before those for which there is no news. */
  request(resource: Stored): void {
    if (this.#hasToDoWith(resource)) this.#queue.add(resourceKey(resource));
  }

  /** Asks for a review of several that may have come to be judged otherwise. */
  requestMany(subjects: Iterable<Subject>): void {
    for (const { resource } of subjects)
      if (this.#hasToDoWith(resource)) this.#queue.add(resourceKey(resource), 'background');
  }

  /** Asks for everything to be reviewed anew. */
  requestAll(): void {
    this.#epoch += 1;
    this.requestMany(this.#deps.cluster.all());
    this.#isInRound = this.#queue.depth > 0;
  }

  forget(resource: Pick<Stored, 'kind' | 'metadata'>): void {
    this.findings.forget(resourceKey(resource));
  }

  /**
   * What the status of a resource is to say of its review. A resource that is new, or whose spec is, is reviewed now, so
   * that one write tells everything; of any other the last word stands until the background comes to it.
   */
  async told(subject: Subject): Promise<Reviewed | undefined> {
    const { resource } = subject;
    if (!this.#deps.judge.isNeeded) return undefined;
    if (this.findings.of(resource) === undefined && !isSettled(resource)) await this.#review(subject);
    const finding = this.findings.last(resource);
    return finding === undefined ? toldIn(resource.status) : reviewedOf(finding.about, finding.breaches);
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#queue.run(workers, (key) => this.#work(key, signal), signal);
  }

  /** Without policies there is only something to be taken back. */
  #hasToDoWith(resource: Stored): boolean {
    const { judge } = this.#deps;
    return (
      judge.isNeeded || this.findings.last(resource) !== undefined || toldIn(resource.status) !== undefined
    );
  }

  async #work(key: string, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    await this.#giveWay(signal);
    const startedAtMs = clock.monotonicMs();
    await this.#look(key);
    await clock.sleep(Math.min(clock.monotonicMs() - startedAtMs, longestPauseMs), signal);
    this.#isInRound &&= this.#queue.depth > 0;
  }

  async #look(key: string): Promise<void> {
    const { cluster, judge, shares } = this.#deps;
    const subject = cluster.findByKey(key);
    if (subject === undefined || isGoing(subject) || shares.isIdle) {
      this.findings.forget(key);
      return;
    }
    const { resource } = subject;
    if (judge.isNeeded) await this.#review(subject);
    else this.findings.forget(key);
    const finding = this.findings.last(resource);
    const hasFailed = judge.isNeeded && finding === undefined;
    const told = finding === undefined ? undefined : reviewedOf(finding.about, finding.breaches);
    const isOurs = shares.holds(resource.metadata.namespace);
    if (isOurs && !hasFailed && !isToldIn(resource.status, told)) this.#deps.settle(resource);
  }

  /** Keeps the last finding where a review fails: that is a fault of ours, and the resource has done nothing. */
  async #review(subject: Subject): Promise<void> {
    const { judge, clock, logger, metrics } = this.#deps;
    const { resource } = subject;
    const epoch = this.#epoch;
    const end = metrics.review.seconds.startTimer();
    try {
      const facts = await factsOf(subject, this.#deps, clock.now());
      const about = judge.about(facts);
      const breaches = about.length === 0 ? [] : await judge.review(facts);
      this.findings.put({ epoch, resource, about, breaches });
      for (const { failed } of breaches)
        if (failed !== undefined) metrics.review.faults.inc({ fault: failed });
    } catch (error) {
      const { kind, metadata } = resource;
      const { namespace, name } = metadata;
      logger.error({ kind, namespace, name, error }, 'A stored resource could not be reviewed');
    } finally {
      end();
    }
  }

  async #giveWay(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const untilMs = clock.monotonicMs() + longestPauseMs;
    while (this.#deps.isBusy() && clock.monotonicMs() < untilMs && !signal.aborted)
      await clock.sleep(pauseMs, signal);
  }
}

/** Whether its status is about the spec as it is. */
function isSettled({ status, metadata }: Stored): boolean {
  return status?.observedGeneration === metadata.generation;
}

function isGoing({ resource }: Subject): boolean {
  return resource.metadata.deletionTimestamp !== undefined;
}
