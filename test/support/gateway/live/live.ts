import type { EnvelopeKind } from '../kinds/kind.ts';
import { timestamp, timestampMs } from '../clock.ts';
import type { Store } from '../store/store.ts';
import type { Entry } from '../store/entry.ts';
import type { JsonObject } from '../wire/json.ts';

export interface LiveOptions {
  /** How often stored changes are looked for, in milliseconds; 0: at once. */
  readonly pollIntervalMs: number;
}

interface LiveDependencies {
  readonly store: Store;
  readonly kinds: readonly EnvelopeKind[];
  /** Evaluates expressions; throws when a Secret is absent. */
  render(spec: JsonObject): JsonObject;
}

/**
 * What Envoy has been told. It follows the database by a table of events that is read every few seconds; a
 * resource that can't be rendered at that moment stays out, or as it was.
 */
export class Live {
  readonly #options: LiveOptions;
  readonly #dependencies: LiveDependencies;
  #entries = new Map<string, JsonObject>();
  #events: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #version = 1;
  #isHeld = false;

  constructor(options: LiveOptions, dependencies: LiveDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
  }

  /** Counts the snapshots that Envoy was given since the process started. */
  get version(): number {
    return this.#version;
  }

  /** The entries of the dump. */
  get entries(): readonly JsonObject[] {
    return [...this.#entries.values()];
  }

  /**
   * Starts as a gateway does: everything stored is loaded before anything is served, and a document that names an
   * absent Secret keeps the gateway from starting.
   */
  start(): void {
    const loaded = new Map<string, JsonObject>();
    for (const entry of this.#dependencies.store.all()) {
      const kind = this.#kindOf(entry);
      if (kind === undefined) continue;
      try {
        loaded.set(entry.uuid, this.#dumped(entry, kind));
      } catch (error) {
        throw new Error(
          `the gateway could not start because ${entry.kind} '${entry.handle}': ${String(error)}`,
          {
            cause: error,
          },
        );
      }
    }
    this.#entries = loaded;
    this.#events = [];
    this.#version = 1;
    clearInterval(this.#timer);
    if (this.#options.pollIntervalMs > 0) {
      this.#timer = setInterval(() => this.#follow(), this.#options.pollIntervalMs).unref();
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Notes that the resource with this uuid was created, replaced or deleted. */
  changed(uuid: string): void {
    this.#events.push(uuid);
    if (this.#options.pollIntervalMs === 0) this.#follow();
  }

  /** Lets Envoy hear of nothing until what is returned is called: a moment that a test can make as long as it needs. */
  hold(): () => void {
    this.#isHeld = true;
    return () => {
      this.#isHeld = false;
    };
  }

  #follow(): void {
    if (this.#isHeld) return;
    const events = this.#events;
    this.#events = [];
    for (const uuid of events) this.#apply(uuid);
  }

  #apply(uuid: string): void {
    const entry = this.#dependencies.store.byUuid(uuid);
    const kind = entry && this.#kindOf(entry);
    if (entry === undefined || kind === undefined) {
      this.#entries.delete(uuid);
    } else {
      try {
        this.#entries.set(uuid, this.#dumped(entry, kind));
      } catch {
        // The gateway logs it and goes on with what it had.
        return;
      }
    }
    this.#version += 1;
  }

  #kindOf(entry: Entry): EnvelopeKind | undefined {
    return this.#dependencies.kinds.find((kind) => kind.deployable && kind.collection === entry.collection);
  }

  #dumped(entry: Entry, kind: EnvelopeKind): JsonObject {
    const spec = this.#dependencies.render(entry.spec);
    const { apiVersion, metadata } = entry;
    const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(entry.handle);
    return {
      ...(isUuid && { id: entry.handle }),
      configuration: kind.generated?.(entry, spec) ?? { apiVersion, kind: entry.kind, metadata, spec },
      metadata: {
        status: entry.state,
        createdAt: timestamp(entry.createdAt),
        updatedAt: timestamp(entry.updatedAt),
        deployedAt: timestampMs(entry.deployedAt),
      },
    };
  }
}
