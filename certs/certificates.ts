import { secretType } from '../src/kube/core-types.ts';
import { createInformer } from '../src/kube/informer.ts';
import { all } from '../src/runtime/lifetime.ts';
import { nextDecision } from './decide.ts';
import { Injector, mutatingType, validatingType, type InjectorDependencies } from './inject.ts';
import { ForeignSecret, kept } from './keeper.ts';
import type { Material, Pair } from './material.ts';
import type { StoredSecret } from './secret.ts';

export interface CertificateOptions {
  /** Where CA and serving pair are kept, for all replicas. */
  readonly secret: { readonly namespace: string; readonly name: string };
  /** Every name under which the API server may call. */
  readonly dnsNames: readonly string[];
  readonly validatingConfiguration?: string;
  readonly mutatingConfiguration?: string;
  /** Life of the CA in days; ten years by default. */
  readonly caDays?: number;
  /** Life of the serving certificate in days; a year by default. */
  readonly leafDays?: number;
}

export interface Certificates {
  /** The pair to serve with now. */
  current(): Pair;
  /** Told whenever `current` has changed. */
  onChange(handler: () => void): void;
  /** Whether our CA has stood in every configuration that it is to be in. */
  injected(): boolean;
  /** Resolves after the signal. */
  readonly done: Promise<void>;
}

/** A laptop that slept and a machine that moved miss their timers: the wall clock is asked at least this often. */
const pollMs = 60_000;
const retryMs = 2000;

/** Makes or adopts the certificates, then keeps them and the trust in them until the signal. */
export async function startCertificates(
  options: CertificateOptions,
  dependencies: InjectorDependencies,
  signal: AbortSignal,
): Promise<Certificates> {
  const { clock, logger } = dependencies;
  const wanted = { ...options, authorityDays: options.caDays ?? 3650, leafDays: options.leafDays ?? 365 };
  const handlers: (() => void)[] = [];
  let material = await firstMaterial(() => kept(wanted, dependencies), dependencies, signal);
  // What the API server is told to trust; on a roll-over it goes ahead of what is served.
  let trusted = material.bundle;
  const injectors = [
    { type: validatingType, name: options.validatingConfiguration },
    { type: mutatingType, name: options.mutatingConfiguration },
  ].flatMap(({ type, name }) =>
    name === undefined ? [] : [new Injector({ type, name, bundle: () => trusted }, dependencies)],
  );

  const look = async () => {
    try {
      const found = await kept(wanted, dependencies);
      trusted = found.bundle;
      await Promise.all(injectors.map((injector) => injector.repair()));
      const isNew = found.leaf.cert !== material.leaf.cert;
      material = found;
      if (isNew) for (const handler of handlers) handler();
    } catch (error) {
      logger.error({ error }, 'Could not look after the certificate');
    }
  };
  let changed = new AbortController();
  /** One look after the other: at a change of the Secret, when something is due, and once a minute anyway. */
  const lookUntil = async (joint: AbortSignal) => {
    for (;;) {
      const due = nextDecision(material).getTime() - clock.now().getTime();
      const delayMs = Math.min(Math.max(due, retryMs), pollMs);
      await clock.sleep(delayMs, AbortSignal.any([joint, changed.signal]));
      if (joint.aborted) return;
      changed = new AbortController();
      await look();
    }
  };
  const { namespace, name } = options.secret;
  const watched = createInformer<StoredSecret>(
    { type: secretType, namespace, fieldSelector: `metadata.name=${name}` },
    dependencies,
  );
  watched.onChange(() => changed.abort());

  const done = all(signal, [
    (joint) => watched.run(joint),
    ...injectors.map((injector) => (joint: AbortSignal) => injector.run(joint)),
    (joint) => lookUntil(joint),
  ]);
  return {
    current: () => material.leaf,
    onChange: (handler) => handlers.push(handler),
    injected: () => injectors.every(({ hasStood }) => hasStood),
    done,
  };
}

/** Tries until there is material: at start the API server may not answer yet. A foreign Secret is final. */
async function firstMaterial(
  make: () => Promise<Material>,
  { logger, clock }: InjectorDependencies,
  signal: AbortSignal,
): Promise<Material> {
  for (;;) {
    try {
      return await make();
    } catch (error) {
      if (error instanceof ForeignSecret || signal.aborted) throw error;
      logger.warn({ error }, 'Could not make or read the certificate, trying again');
      await clock.sleep(retryMs, signal);
    }
  }
}
