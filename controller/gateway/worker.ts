import type { Clock } from '../../src/runtime/clock.ts';
import { endingOf } from '../binding/failure.ts';
import { entryOf, type Outcome } from '../binding/outcome.ts';
import { mayBeThere, standingOf } from '../../src/model/standing.ts';
import { provide, type Binding, type ProvideSteps } from '../binding/provide.ts';
import { withdraw } from '../binding/withdraw.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { policiesOf } from '../../src/compare/asked-for.ts';
import { resyncOf } from '../../src/compare/resync.ts';
import type { StoredGateway, Subject } from '../cluster/stored.ts';
import type { Removals } from '../removals/removals.ts';
import type { Book } from '../status/book.ts';
import { report, type Reporters } from './report.ts';
import type { Suspicion } from './suspicion.ts';

export interface WorkerDependencies extends Reporters {
  readonly cluster: Cluster;
  readonly book: Book;
  readonly clock: Clock;
  readonly removals: Removals;
  /** Asks for the status of a resource to be written. */
  settle(resource: Subject['resource']): void;
  /** Tells that something of a resource came to, went from or changed at this gateway. */
  moved(subject: Subject): void;
}

/** Nothing was attempted yet: it is too early to tell whether that may be done. */
export interface Postponed {
  readonly is: 'postponed';
  readonly ms: number;
}

/** One attempt at one binding: reads what is known, makes the attempt, and tells everybody how it ended. */
export async function attempt(
  subject: Subject,
  gateway: StoredGateway,
  key: string,
  suspicion: Suspicion | undefined,
  steps: ProvideSteps,
  deps: WorkerDependencies,
): Promise<Outcome | Postponed | undefined> {
  const { cluster, book, removals } = deps;
  const { resource } = subject;
  const before = book.entry(resource, key);
  const deleting = resource.metadata.deletionTimestamp !== undefined;
  const removing = deleting || !cluster.selects(gateway, resource);
  if (removing && !deleting && before === undefined) return undefined;
  const namespace = cluster.namespace(resource.metadata.namespace);
  const policies = policiesOf(resource, namespace, gateway);
  if (policies.mode === 'Paused' && !removing) {
    deps.settle(resource);
    return undefined;
  }
  const leaving = removing && !deleting && mayBeThere(before);
  const ms = leaving && policies.mode === 'Active' ? removals.settlingMs(gateway) : 0;
  if (ms > 0) return { is: 'postponed', ms };
  const resync = removing ? undefined : resyncOf([resource, namespace, gateway], before?.resync);
  const binding: Binding = {
    subject,
    gateway,
    policies,
    suspect: suspicion !== undefined || resync !== undefined,
    force: resync?.force === true,
    standing: standingOf(before),
    wasProgrammed: before?.state === 'Programmed',
  };
  const startedAt = deps.clock.monotonicMs();
  const outcome = await ending(binding, removing, steps);
  if (outcome === undefined) return undefined;
  deps.metrics.seconds.observe((deps.clock.monotonicMs() - startedAt) / 1000);
  const followed = outcome.is === 'failing' ? before?.resync : (resync?.text ?? before?.resync);
  const entry = entryOf(outcome, gateway.metadata, removing);
  const after = entry && followed !== undefined ? { ...entry, resync: followed } : entry;
  if (leaving && outcome.is === 'gone') removals.removed(gateway, resource);
  book.put(resource, key, after);
  if (outcome.is === 'gone' && deleting) book.markRemoved(resource, key);
  report(outcome, { resource, gateway: key, removing, before, suspicion }, deps);
  deps.settle(resource);
  if (after?.fingerprint !== before?.fingerprint || after?.state !== before?.state) deps.moved(subject);
  return outcome;
}

/** How the attempt ended; undefined when the process is ending. */
async function ending(
  binding: Binding,
  removing: boolean,
  steps: ProvideSteps,
): Promise<Outcome | undefined> {
  try {
    return removing ? await withdraw(binding, steps) : await provide(binding, steps);
  } catch (error) {
    return steps.signal.aborted ? undefined : endingOf(error, binding.standing);
  }
}
