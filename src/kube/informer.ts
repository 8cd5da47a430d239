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
  /** Lists and watches until the signal aborts. Never fails: it tries again. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when the first complete list is in the store. Never rejects. */
  readonly synced: Promise<void>;
  /** Whether the store holds a complete list. False again while the type is gone. */
  readonly hasSynced: boolean;
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
  const { type, indexes = {}, trim = withoutBallast } = options;
  const log = logger.child({ component: 'informer', kind: type.kind });
  const store = new Store<T>(indexes);
  const handlers: ((change: Change<T>) => void)[] = [];
  const synced = Promise.withResolvers<undefined>();
  let hasSynced = false;

  const tell = (change: Change<T>) => {
    for (const handler of handlers) {
      try {
        handler(change);
      } catch (error) {
        const { namespace, name } = change.object.metadata;
        log.error({ namespace, name, error }, 'a handler failed on a change');
      }
    }
  };
  const become = (complete: boolean) => {
    hasSynced = complete;
    if (complete) synced.resolve(undefined);
  };
  const reflector = new Reflector<T>(
    options,
    { client, logger: log, clock },
    {
      replaced: (objects) => {
        const changes = store.replace(objects.map(trim));
        become(true);
        changes.forEach(tell);
      },
      changed: (object) => store.put(trim(object)).forEach(tell),
      removed: (object) => store.remove(object).forEach(tell),
      absent: (lasting) => {
        const changes = lasting ? store.replace([]) : [];
        become(options.optional ?? false);
        changes.forEach(tell);
      },
    },
  );

  return {
    type,
    run: (signal) => reflector.run(signal),
    synced: synced.promise,
    get hasSynced() {
      return hasSynced;
    },
    get: (namespace, name) => store.get(namespace, name),
    list: () => store.list(),
    by: (index, value) => store.by(index, value),
    onChange: (handler) => void handlers.push(handler),
  };
}
