import type { Clock } from './clock.ts';
import type { Live } from './live/live.ts';
import type { Entry } from './store/entry.ts';
import type { Store } from './store/store.ts';
import type { JsonObject } from './wire/json.ts';

interface TamperDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly live: Live;
}

/** Changes what is stored behind everybody's back: nothing is checked and no call is noted. */
export class Tamper {
  readonly #dependencies: TamperDependencies;

  constructor(dependencies: TamperDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Deletes from a collection: `rest-apis`, `subscription-plans`, `rest-apis/books/api-keys`, … The name is the
   * handle, the name of a key, certificate or plan, or an assigned id. Throws when there is no such thing.
   */
  remove(collection: string, name: string): void {
    const { store, live } = this.#dependencies;
    const entry = store.get(collection, name);
    if (entry !== undefined) {
      store.remove(entry);
      live.changed(entry.uuid);
      return;
    }
    const before = sizeOf(store);
    const parent = parentOf(store, collection);
    if (parent !== undefined) {
      store.apiKeys = store.apiKeys.filter((key) => key.parent !== parent.uuid || key.name !== name);
    } else if (collection === 'certificates') {
      store.certificates = store.certificates.filter((one) => one.name !== name && one.id !== name);
    } else if (collection === 'subscription-plans') {
      store.plans = store.plans.filter((one) => one.planName !== name && one.id !== name);
    } else if (collection === 'subscriptions') {
      store.subscriptions = store.subscriptions.filter((one) => one.id !== name);
    }
    if (sizeOf(store) === before) throw new Error(`could not remove ${name} because ${collection} has none`);
  }

  /** Makes Envoy lag behind what is stored until what is returned is called. */
  lag(): () => void {
    return this.#dependencies.live.hold();
  }

  /** Changes metadata and spec of a document in an envelope in place; `updatedAt` moves, as with any change. */
  edit(
    collection: string,
    handle: string,
    change: (document: { metadata: JsonObject; spec: JsonObject }) => void,
  ): void {
    const { store, clock, live } = this.#dependencies;
    const entry = store.get(collection, handle);
    if (entry === undefined) throw new Error(`could not edit ${handle} because ${collection} has none`);
    const { metadata, spec } = structuredClone({ metadata: entry.metadata, spec: entry.spec });
    change({ metadata, spec });
    store.put({ ...entry, metadata, spec, updatedAt: clock.now() });
    live.changed(entry.uuid);
  }
}

export function parentOf(store: Store, collection: string): Entry | undefined {
  const [parents = '', handle = '', keys] = collection.split('/');
  return keys === 'api-keys' ? store.get(parents, handle) : undefined;
}

function sizeOf({ apiKeys, certificates, plans, subscriptions }: Store): number {
  return apiKeys.length + certificates.length + plans.length + subscriptions.length;
}
