import { isDeepStrictEqual } from 'node:util';
import { gatewayKey, isAtKey } from '../../src/selection/gateways.ts';
import type { BindingStatus, LiveStatus } from '../../src/model/status.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Stored } from '../cluster/stored.ts';

/** News that the stored status does not show yet; `entry` undefined: nothing is left at that gateway. */
interface News {
  readonly entry: BindingStatus | undefined;
  readonly at: number;
}

interface Page {
  readonly news: Map<string, News>;
  readonly live: Map<string, LiveStatus | undefined>;
  /** Gateways from which the resource has been removed since it is being deleted. */
  readonly removed: Set<string>;
  expiresAt?: string;
}

/** For so long our own news outlives the stored status that repeats it. */
const keepMs = 30_000;

/**
 * Where every resource stands. The truth is in `status`; this adds what happened since, until the informer shows it,
 * so that nothing is decided by a status that is older than our own deeds. Lost at a restart without harm.
 */
export class Book {
  readonly #clock: Clock;
  readonly #pages = new Map<string, Page>();
  #changes = 0;

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  /** Another number whenever an entry may be another one, for whom it does not matter which. */
  get changes(): number {
    return this.#changes;
  }

  entry(resource: Stored, gateway: string): BindingStatus | undefined {
    const news = this.#pages.get(resource.metadata.uid)?.news.get(gateway);
    return news === undefined ? storedEntry(resource, gateway) : news.entry;
  }

  /** All entries, by the names of their gateways. */
  entries(resource: Stored): readonly BindingStatus[] {
    const known = new Map((resource.status?.gateways ?? []).map((entry) => [gatewayKey(entry), entry]));
    for (const [gateway, { entry }] of this.#pages.get(resource.metadata.uid)?.news ?? []) {
      if (entry === undefined) known.delete(gateway);
      else known.set(gateway, entry);
    }
    return [...known.values()]
      .map((entry) => this.#withLive(resource, entry))
      .toSorted((a, b) => (gatewayKey(a) < gatewayKey(b) ? -1 : 1));
  }

  put(resource: Stored, gateway: string, entry: BindingStatus | undefined): void {
    this.#page(resource).news.set(gateway, { entry, at: this.#clock.monotonicMs() });
    this.#changes += 1;
  }

  /** Whether it was seen live at a gateway, as far as that is known. */
  live(resource: Stored, gateway: string): LiveStatus | undefined {
    const news = this.#pages.get(resource.metadata.uid)?.live;
    return news?.has(gateway) === true ? news.get(gateway) : storedEntry(resource, gateway)?.live;
  }

  putLive(resource: Stored, gateway: string, live: LiveStatus | undefined): void {
    this.#page(resource).live.set(gateway, live);
  }

  /** Notes that a resource that is being deleted has been at a gateway to be removed, and that nothing is left. */
  markRemoved(resource: Stored, gateway: string): void {
    this.#page(resource).removed.add(gateway);
  }

  isRemoved({ metadata }: Stored, gateway: string): boolean {
    return this.#pages.get(metadata.uid)?.removed.has(gateway) ?? false;
  }

  /** When we last learnt something of a binding ourselves, by the monotonic clock; -Infinity if never. */
  changedAtMs(resource: Stored, gateway: string): number {
    return this.#pages.get(resource.metadata.uid)?.news.get(gateway)?.at ?? -Infinity;
  }

  /** The moment at which a lifetime ends: fixed once, whatever asks first. */
  expiry(resource: Stored, first: () => string): string {
    const page = this.#page(resource);
    page.expiresAt ??= resource.status?.expiresAt ?? first();
    return page.expiresAt;
  }

  expiryOf(resource: Stored): string | undefined {
    return this.#pages.get(resource.metadata.uid)?.expiresAt ?? resource.status?.expiresAt;
  }

  /** Drops what the stored status has caught up with. Younger news stays for a while to date a change. */
  caughtUp(resource: Stored): void {
    const page = this.#pages.get(resource.metadata.uid);
    const old = this.#clock.monotonicMs() - keepMs;
    for (const [gateway, { entry, at }] of page?.news ?? []) {
      if (at < old && isDeepStrictEqual(withoutLive(entry), withoutLive(storedEntry(resource, gateway))))
        page?.news.delete(gateway);
    }
    for (const [gateway, live] of page?.live ?? [])
      if (isDeepStrictEqual(live, storedEntry(resource, gateway)?.live)) page?.live.delete(gateway);
    if (page !== undefined && isBlank(page)) this.#pages.delete(resource.metadata.uid);
  }

  forget(uid: string): void {
    this.#pages.delete(uid);
    this.#changes += 1;
  }

  /** What is live is known apart from how attempts end, and is told only of what stands as wanted. */
  #withLive(resource: Stored, entry: BindingStatus): BindingStatus {
    const live = entry.state === 'Programmed' ? this.live(resource, gatewayKey(entry)) : undefined;
    const rest = withoutLive(entry) ?? entry;
    return live === undefined ? rest : { ...rest, live };
  }

  #page({ metadata }: Stored): Page {
    const page = this.#pages.get(metadata.uid) ?? {
      news: new Map<string, News>(),
      live: new Map<string, LiveStatus | undefined>(),
      removed: new Set<string>(),
    };
    this.#pages.set(metadata.uid, page);
    return page;
  }
}

function isBlank({ news, live, removed, expiresAt }: Page): boolean {
  return news.size === 0 && live.size === 0 && removed.size === 0 && expiresAt === undefined;
}

function storedEntry(resource: Stored, gateway: string): BindingStatus | undefined {
  return resource.status?.gateways?.find((entry) => isAtKey(entry, gateway));
}

function withoutLive(entry: BindingStatus | undefined): BindingStatus | undefined {
  if (entry === undefined) return undefined;
  const { live: _, ...rest } = entry;
  return rest;
}
