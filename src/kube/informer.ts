import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { KubeClient } from './client.ts';
import { Reflector } from './reflector.ts';
import type { BareObject, ResourceType } from './resource.ts';
import { type Change, type Indexes, Store } from './store.ts';
import { withoutBallast } from './trim.ts';

/** A local copy of all objects of a type, kept up to date by a watch. */
export interface Informer<T extends BareObject> {
  readonly type: ResourceType;
  /** The only one that it is about, if any. */
  readonly namespace: string | undefined;
  /** Those that it consists of, each with a list and a watch of its own: itself, as a rule. */
  readonly parts: readonly Informer<T>[];
  /** Lists and watches until the signal aborts. Never fails: it tries again. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when the first complete list is in the store, or is known to be refused. Never rejects. */
  readonly synced: Promise<void>;
  /** Whether the store holds a complete list. False again while the type is gone. */
  readonly hasSynced: boolean;
  /** Whether we may not read it; told only where `refused` was asked for. What was read before stays in the store. */
  readonly isRefused: boolean;
  /** Whether the store holds a complete list of a namespace, so that what it does not have is not there. */
  shows(namespace: string): boolean;
  get(namespace: string | undefined, name: string): T | undefined;
  list(): Iterable<T>;
  /** The objects that the index puts under this value. */
  by(index: string, value: string): readonly T[];
  /** Tells of every change from now on; what is there already, `list` has. */
  onChange(handler: (change: Change<T>) => void): void;
}

export interface InformerOptions<T extends BareObject> {
  readonly type: ResourceType;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string;
  /** `metadata.name=x` restricts it to one object, which RBAC then permits by `resourceNames`. */
  readonly fieldSelector?: string;
  readonly indexes?: Indexes<T>;
  /** What is kept of an object. By default all but managedFields and kubectl's last-applied-configuration. */
  readonly trim?: (object: T) => T;
  /** Without a byte for so long a watch counts as dead; 150 s by default, since the server speaks every minute. */
  readonly idleMs?: number;
  /** A type that the cluster doesn't know counts as synced, with no objects. */
  readonly optional?: boolean;
  /** Told when we may not read the namespace, and when we may again. Asked for, it also ends the wait for `synced`. */
  readonly refused?: (namespace: string, isRefused: boolean, error?: unknown) => void;
}

export interface InformerDependencies {
  readonly client: Pick<KubeClient, 'within'>;
  readonly logger: Logger;
  readonly clock: Clock;
}

export function createInformer<T extends BareObject>(
  options: InformerOptions<T>,
  { client, logger, clock }: InformerDependencies,
): Informer<T> {
  const { type, namespace, indexes = {}, trim = withoutBallast } = options;
  const log = logger.child({ component: 'informer', kind: type.kind });
  const store = new Store<T>(indexes);
  const handlers: ((change: Change<T>) => void)[] = [];
  const synced = Promise.withResolvers<undefined>();
  let hasSynced = false;
  let isRefused = false;

  const tell = (change: Change<T>) => {
    for (const handler of handlers) {
      try {
        handler(change);
      } catch (error) {
        const { metadata } = change.object;
        log.error(
          { namespace: metadata.namespace, name: metadata.name, error },
          'a handler failed on a change',
        );
      }
    }
  };
  const become = (complete: boolean) => {
    hasSynced = complete;
    if (isRefused) options.refused?.(namespace ?? '', false);
    isRefused = false;
    if (complete) synced.resolve(undefined);
  };
  const refuse = (error: unknown) => {
    if (options.refused === undefined) return false;
    hasSynced = false;
    isRefused = true;
    options.refused(namespace ?? '', true, error);
    synced.resolve(undefined);
    return true;
  };
  const reflector = new Reflector<T>(
    options,
    { client, logger: log, clock },
    {
      trim,
      replaced: (objects) => {
        const changes = store.replace(objects);
        become(true);
        changes.forEach(tell);
      },
      changed: (object) => store.put(object).forEach(tell),
      removed: (object) => store.remove(object).forEach(tell),
      absent: (lasting) => {
        const changes = lasting ? store.replace([]) : [];
        become(options.optional ?? false);
        changes.forEach(tell);
      },
      refused: refuse,
    },
  );

  const informer: Informer<T> = {
    type,
    namespace,
    get parts() {
      return [informer];
    },
    run: (signal) => reflector.run(signal),
    synced: synced.promise,
    get hasSynced() {
      return hasSynced;
    },
    get isRefused() {
      return isRefused;
    },
    shows: () => hasSynced,
    get: (namespace, name) => store.get(namespace, name),
    list: () => store.list(),
    by: (index, value) => store.by(index, value),
    onChange: (handler) => void handlers.push(handler),
  };
  return informer;
}
