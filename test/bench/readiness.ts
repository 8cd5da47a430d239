import type { KubeClient } from '../../src/kube/client.ts';
import { createInformer } from '../../src/kube/informer.ts';
import type { KubeObject } from '../../src/kube/resource.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { apiType, namespace } from './resources.ts';

interface Status {
  readonly observedGeneration?: number;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  readonly gateways?: readonly { readonly name: string; readonly state: string }[];
}

/** What the statuses of all APIs say, as they change. */
export interface Readiness {
  /** Resolves once so many are Ready. */
  ready(count: number): Promise<void>;
  /** Resolves once so many are Ready at a generation that is no older. */
  observed(count: number, generation: number): Promise<void>;
  /** Resolves once a gateway holds so many. */
  programmed(gateway: string, count: number): Promise<void>;
  /** Resolves once there are no more than so many. */
  left(count: number): Promise<void>;
  stop(): void;
}

/** Follows the APIs in the bench's own process, which looks at no more of them than it must. */
export async function followReadiness(client: KubeClient, signal: AbortSignal): Promise<Readiness> {
  const over = new AbortController();
  const informer = createInformer<KubeObject<unknown, Status>>(
    { type: apiType, namespace, trim: ({ spec: _spec, ...object }) => ({ ...object, spec: undefined }) },
    { client, logger: silentLogger, clock: systemClock },
  );
  const ready = new Set<string>();
  const programmed = new Map<string, Set<string>>();
  const observed = new Map<string, number>();
  let there = 0;
  const waiting = new Set<() => void>();
  informer.onChange(({ type, object: { metadata, status } }) => {
    const { name } = metadata;
    const isGone = type === 'removed';
    if (type === 'added') there += 1;
    if (isGone) there -= 1;
    toggle(ready, name, !isGone && isTrue(status, 'Ready'));
    observed.set(name, status?.observedGeneration ?? 0);
    for (const entry of status?.gateways ?? []) {
      const names = programmed.get(entry.name) ?? new Set();
      programmed.set(entry.name, names);
      toggle(names, name, !isGone && entry.state === 'Programmed');
    }
    for (const check of waiting) check();
  });
  void informer.run(AbortSignal.any([signal, over.signal]));
  await informer.synced;

  const until = async (isSo: () => boolean) => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const check = () => {
      if (isSo()) resolve(undefined);
    };
    const end = () => reject(new Error('stopped before it was measured'));
    waiting.add(check);
    signal.addEventListener('abort', end, { once: true });
    check();
    try {
      await promise;
    } finally {
      waiting.delete(check);
      signal.removeEventListener('abort', end);
    }
  };
  return {
    ready: (count) => until(() => ready.size >= count),
    observed: (count, generation) =>
      until(() => [...ready].filter((name) => (observed.get(name) ?? 0) >= generation).length >= count),
    programmed: (gateway, count) => until(() => (programmed.get(gateway)?.size ?? 0) >= count),
    left: (count) => until(() => there <= count),
    stop: () => over.abort(),
  };
}

function toggle(names: Set<string>, name: string, isIn: boolean): void {
  if (isIn) names.add(name);
  else names.delete(name);
}

function isTrue(status: Status | undefined, condition: string): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === condition && is === 'True') === true;
}
