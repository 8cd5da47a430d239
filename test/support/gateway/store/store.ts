import type { Entry } from './entry.ts';
import type { ApiKeyEntry, CertificateEntry, PlanEntry, SubscriptionEntry } from './flat.ts';

/** The gateway's database. Survives a stop; lists come newest first. */
export class Store {
  readonly #entries = new Map<string, Map<string, Entry>>();
  readonly #byUuid = new Map<string, Entry>();
  apiKeys: readonly ApiKeyEntry[] = [];
  certificates: readonly CertificateEntry[] = [];
  plans: readonly PlanEntry[] = [];
  subscriptions: readonly SubscriptionEntry[] = [];
  /** Before the first certificate the list is null, afterwards it is empty. */
  everHeldCertificate = false;

  clear(): void {
    this.#entries.clear();
    this.#byUuid.clear();
    this.apiKeys = [];
    this.certificates = [];
    this.plans = [];
    this.subscriptions = [];
    this.everHeldCertificate = false;
  }

  list(collection: string): readonly Entry[] {
    return [...this.#of(collection).values()].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  }

  all(): readonly Entry[] {
    return [...this.#byUuid.values()];
  }

  get(collection: string, handle: string): Entry | undefined {
    return this.#of(collection).get(handle);
  }

  byUuid(uuid: string): Entry | undefined {
    return this.#byUuid.get(uuid);
  }

  withVersion(collection: string, displayName: string, version: string): Entry | undefined {
    for (const entry of this.#of(collection).values()) {
      if (entry.displayName === displayName && entry.version === version) return entry;
    }
    return undefined;
  }

  /** Stores an entry, in place of the one with the same uuid wherever that stands. */
  put(entry: Entry): void {
    const former = this.byUuid(entry.uuid);
    if (former !== undefined) this.#of(former.collection).delete(former.handle);
    this.#of(entry.collection).set(entry.handle, entry);
    this.#byUuid.set(entry.uuid, entry);
  }

  /** Removes an entry, its API keys and its subscriptions. */
  remove(entry: Entry): void {
    this.#of(entry.collection).delete(entry.handle);
    this.#byUuid.delete(entry.uuid);
    this.apiKeys = this.apiKeys.filter(({ parent }) => parent !== entry.uuid);
    this.subscriptions = this.subscriptions.filter(({ apiId }) => apiId !== entry.uuid);
  }

  /** Whether another entry refers to this one and so keeps it in the database. */
  isReferredTo(entry: Entry): boolean {
    return this.all().some(({ refersTo }) => refersTo.includes(entry.uuid));
  }

  #of(collection: string): Map<string, Entry> {
    const known = this.#entries.get(collection);
    if (known !== undefined) return known;
    const made = new Map<string, Entry>();
    this.#entries.set(collection, made);
    return made;
  }
}
