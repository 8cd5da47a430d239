import { all } from '../src/runtime/lifetime.ts';
import { mutatingConfigurationType, validatingConfigurationType } from '../src/kube/core-types.ts';
import { Injector, type InjectorDependencies } from './inject.ts';
import type { Pair } from './material.ts';
import type { Served, Source, Trust } from './source.ts';

export interface CertificateOptions {
  readonly source: Source;
  readonly validatingConfiguration?: string;
  readonly mutatingConfiguration?: string;
  /** How long a CA has to stand in the configurations until every API server may be taken to trust it; 10 s when absent. */
  readonly settleMs?: number;
  /** Told why there is no certificate yet, or none that is newer. */
  readonly trouble?: (why: string) => void;
}

export interface Certificates {
  /** The pair to serve with now. */
  current(): Pair;
  /** Told whenever `current` has changed. */
  onChange(handler: () => void): void;
  /** Whether a CA has stood in every configuration that it is to be in. */
  injected(): boolean;
  /** Resolves after the signal. */
  readonly done: Promise<void>;
}

/** A laptop that slept and a machine that moved miss their timers: the wall clock is asked at least this often. */
const pollMs = 60_000;
const retryMs = 2000;
/** Changes that come within this time are looked at together. */
const gatherMs = 50;

/** Finds a certificate, then keeps it and the trust in it until the signal. Waits for as long as there is none. */
export async function startCertificates(
  options: CertificateOptions,
  dependencies: InjectorDependencies,
  signal: AbortSignal,
): Promise<Certificates> {
  const { clock, logger } = dependencies;
  const { source, settleMs = 10_000, trouble = () => undefined } = options;
  const handlers: (() => void)[] = [];
  const injectors = [
    { type: validatingConfigurationType, name: options.validatingConfiguration },
    { type: mutatingConfigurationType, name: options.mutatingConfiguration },
  ].flatMap(({ type, name }) =>
    name === undefined ? [] : [new Injector({ type, name, settleMs }, dependencies)],
  );
  const trust: Trust = {
    settlesInMs: (pem) =>
      Math.max(0, ...injectors.map((injector) => settleMs - (injector.standsForMs(pem) ?? -Infinity))),
  };

  const first = async (): Promise<Served> => {
    for (;;) {
      try {
        return await source.look(trust);
      } catch (error) {
        if (signal.aborted) throw error;
        logger.warn({ error }, 'There is no certificate yet');
        trouble(error instanceof Error ? error.message : String(error));
        await clock.sleep(retryMs, signal);
      }
    }
  };
  let served = await first();

  /** What is trusted goes ahead of what is served. */
  const look = async (): Promise<boolean> => {
    try {
      const found = await source.look(trust);
      await Promise.all(injectors.map((injector) => injector.repair(found)));
      const isNew = found.leaf.cert !== served.leaf.cert;
      served = found;
      if (isNew) for (const handler of handlers) handler();
      return true;
    } catch (error) {
      logger.error({ error }, 'Could not look after the certificate');
      return false;
    }
  };
  let changed = new AbortController();
  const tell = () => changed.abort();
  /** One look after the other: at a change of the source or of a configuration, when something is due, and once a minute. */
  const lookUntil = async (joint: AbortSignal) => {
    let isWell = true;
    for (;;) {
      const due = served.lookAgain.getTime() - clock.now().getTime();
      const delayMs = isWell ? Math.min(Math.max(due, gatherMs), pollMs) : retryMs;
      await clock.sleep(delayMs, AbortSignal.any([joint, changed.signal]));
      await clock.sleep(gatherMs, joint);
      if (joint.aborted) return;
      changed = new AbortController();
      isWell = await look();
    }
  };

  const done = all(signal, [
    (joint) => source.watch(tell, joint),
    ...injectors.map((injector) => (joint: AbortSignal) => injector.watch(tell, joint)),
    (joint) => lookUntil(joint),
  ]);
  return {
    current: () => served.leaf,
    onChange: (handler) => handlers.push(handler),
    injected: () => injectors.every(({ hasStood }) => hasStood),
    done,
  };
}
