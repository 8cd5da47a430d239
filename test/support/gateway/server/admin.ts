import type { Clock } from '../clock.ts';
import { timestamp, timestampSeconds } from '../clock.ts';
import type { Api } from '../generation.ts';
import { adminBase } from '../generation.ts';
import type { Live } from '../live/live.ts';
import type { PolicyLibrary } from '../policies/library.ts';
import type { Store } from '../store/store.ts';
import type { Json, JsonObject } from '../wire/json.ts';
import { encode } from '../wire/json.ts';
import type { Access } from './access.ts';
import type { RawReply, RawRequest } from './http.ts';
import { deprecation, withoutBase } from './http.ts';
import { unauthorized } from './management.ts';

interface AdminDependencies {
  readonly access: Access;
  readonly clock: Clock;
  readonly store: Store;
  readonly live: Live;
  readonly policies: PolicyLibrary;
}

export interface AdminOptions {
  readonly api: Api;
  /** The newest gateways have the dump switched off by default; then it is 404. */
  readonly configDump: boolean;
}

/** The admin API: only generation 1 asks for credentials, and never for the health. */
export class AdminApi {
  readonly #options: AdminOptions;
  readonly #dependencies: AdminDependencies;

  constructor(options: AdminOptions, dependencies: AdminDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
  }

  answer(raw: RawRequest): RawReply {
    const base = adminBase(this.#options.api);
    const { path, prefixed } = withoutBase(raw.path, base);
    const page = this.#page(raw.method, path);
    if (page === undefined) {
      return {
        status: 404,
        headers: { 'Content-Type': 'text/plain; charset=utf-8' },
        body: '404 page not found\n',
      };
    }
    const headers = { 'Content-Type': 'application/json', ...(!prefixed && deprecation(base, path)) };
    const user = this.#dependencies.access.authenticate(raw.authorization);
    if (this.#options.api === 'v1' && path !== '/health' && typeof user === 'string') {
      return { status: 401, headers, body: `${unauthorized(user, 'v1').body}\n` };
    }
    return { status: 200, headers, body: `${encode(page())}\n` };
  }

  #page(method: string, path: string): (() => Json) | undefined {
    if (method !== 'GET') return undefined;
    if (path === '/health') return () => this.#health();
    if (path === '/xds_sync_status') return () => this.#syncStatus();
    return path === '/config_dump' && this.#options.configDump ? () => this.#configDump() : undefined;
  }

  #health(): JsonObject {
    return { status: 'healthy', timestamp: timestampSeconds(this.#dependencies.clock.now()) };
  }

  #syncStatus(): JsonObject {
    const { live, clock } = this.#dependencies;
    return {
      component: 'gateway-controller',
      policy_chain_version: String(live.version),
      timestamp: timestamp(clock.now()),
    };
  }

  /** APIs come from memory and lag; certificates are read from the database at that moment. */
  #configDump(): JsonObject {
    const { live, clock, store, policies } = this.#dependencies;
    return {
      apis: [...live.entries],
      certificates: store.certificates.toReversed().map(({ id, name, subject, issuer, notAfter, count }) => {
        const time = notAfter.toISOString().replace('.000Z', 'Z');
        return { id, name, subject, issuer, notAfter: time, count, status: 'success' };
      }),
      policies: policies.definitions.map((definition) => ({ ...definition })),
      statistics: {},
      status: 'success',
      timestamp: timestamp(clock.now()),
      xds_sync: this.#syncStatus(),
    };
  }
}
