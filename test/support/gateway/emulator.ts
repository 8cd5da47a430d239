import { Clock } from './clock.ts';
import type { Context } from './collections/context.ts';
import { secretValue } from './collections/secret-value.ts';
import type { Api } from './generation.ts';
import { adminBase, managementBase } from './generation.ts';
import { storeBuiltinTemplates } from './kinds/builtin-templates.ts';
import { kindsOf } from './kinds/kinds.ts';
import { Live } from './live/live.ts';
import { defaultPolicies } from './policies/defaults.ts';
import type { PolicyDefinition } from './policies/definition.ts';
import { PolicyLibrary } from './policies/library.ts';
import type { User } from './server/access.ts';
import { Access, defaultUsers } from './server/access.ts';
import { AdminApi } from './server/admin.ts';
import type { RecordedCall } from './server/calls.ts';
import { Calls } from './server/calls.ts';
import { control } from './server/control.ts';
import { Faults } from './server/faults.ts';
import type { TlsOptions } from './server/listener.ts';
import { Listener } from './server/listener.ts';
import { ManagementApi } from './server/management.ts';
import { Router } from './server/router.ts';
import { managementRoutes } from './server/routes.ts';
import { Store } from './store/store.ts';
import { storedDocuments } from './stored.ts';
import { Tamper } from './tamper.ts';
import { render } from './template/render.ts';
import type { JsonObject } from './wire/json.ts';

export interface GatewayOptions {
  readonly api: Api;
  /** 0 or absent: any free one. A given port has the admin API on the second port after it. */
  readonly port?: number;
  readonly host?: string;
  /** The policy definitions that are loaded; the project's own set when absent. */
  readonly policies?: readonly PolicyDefinition[];
  /** For the management API; the admin API stays plain HTTP. */
  readonly tls?: TlsOptions;
  /** How far the live state may lag, in milliseconds; 3000 when absent, 0: not at all. */
  readonly pollIntervalMs?: number;
  readonly users?: readonly User[];
  /** Bearer tokens and the names of the users they stand for. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** What `{{ env "X" }}` reads. */
  readonly environment?: Readonly<Record<string, string>>;
  /** API keys that one user may create for one API; 10 when absent. */
  readonly keyQuota?: number;
  /** False: the dump is switched off and answers 404. */
  readonly configDump?: boolean;
}

export interface Gateway {
  readonly api: Api;
  /** Without the base path, as `https://127.0.0.1:9090`. */
  readonly url: string;
  readonly adminUrl: string;
  readonly faults: Faults;
  /** Every call to either port, in the order of arrival. */
  readonly calls: readonly RecordedCall[];
  clearCalls(): void;
  /** Forgets everything stored, as a gateway does that restarts with a new disk; connections stay. */
  restartEmpty(): void;
  setPassword(user: string, password: string): void;
  readonly tamper: Tamper;
  /** What a collection (`rest-apis`, `rest-apis/books/api-keys`, `certificates`, …) holds, secrets in clear. */
  stored(collection: string): readonly JsonObject[];
  /** Goes down; what is stored is kept. */
  stop(): Promise<void>;
  /** Comes up again on the same ports. Fails when something stored names an absent Secret, as the real one does. */
  start(): Promise<void>;
}

/** Starts an emulated gateway-controller and resolves when it listens. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = new EmulatedGateway(options);
  await gateway.start();
  return gateway;
}

class EmulatedGateway implements Gateway {
  readonly api: Api;
  readonly faults = new Faults();
  readonly tamper: Tamper;
  readonly #clock = new Clock();
  readonly #store = new Store();
  readonly #calls = new Calls();
  readonly #access: Access;
  readonly #live: Live;
  readonly #management: Listener;
  readonly #admin: Listener;
  #ports: { readonly management: number; readonly admin: number };

  constructor(options: GatewayOptions) {
    const { api, host = '127.0.0.1', port = 0 } = options;
    const kinds = kindsOf(api);
    const policies = new PolicyLibrary(options.policies ?? defaultPolicies);
    const surroundings = {
      secret: (name: string): string | undefined => secretValue(this.#store, name),
      environment: options.environment ?? { HOME: '/home/gateway' },
    };
    this.api = api;
    this.#access = new Access(options.users ?? defaultUsers, options.tokens ?? {});
    this.#live = new Live(
      { pollIntervalMs: options.pollIntervalMs ?? 3000 },
      { store: this.#store, kinds, render: (spec) => render(spec, surroundings) },
    );
    const shared = { store: this.#store, clock: this.#clock, live: this.#live };
    const context: Context = {
      ...shared,
      api,
      rules: { api, policies },
      surroundings,
      keyQuota: options.keyQuota ?? 10,
    };
    const management = new ManagementApi(api, this.#access, new Router(managementRoutes(kinds, context)));
    const admin = new AdminApi(
      { api, configDump: options.configDump ?? true },
      { ...shared, access: this.#access, policies },
    );
    const noted = { faults: this.faults, calls: this.#calls };
    this.#management = new Listener(
      { port: 'management', host, base: managementBase(api), tls: options.tls },
      { ...noted, answer: (raw) => management.answer(raw) },
    );
    this.#admin = new Listener(
      { port: 'admin', host, base: adminBase(api) },
      {
        ...noted,
        answer: (raw) => admin.answer(raw),
        control: (raw) => control(raw, { ...noted, restartEmpty: () => this.restartEmpty() }),
      },
    );
    this.#ports = { management: port, admin: port === 0 ? 0 : port + 2 };
    this.tamper = new Tamper(shared);
    storeBuiltinTemplates(this.#store, this.#clock, api);
  }

  get url(): string {
    return this.#management.url;
  }

  get adminUrl(): string {
    return this.#admin.url;
  }

  get calls(): readonly RecordedCall[] {
    return this.#calls.list;
  }

  clearCalls(): void {
    this.#calls.clear();
  }

  restartEmpty(): void {
    this.#live.stop();
    this.#store.clear();
    storeBuiltinTemplates(this.#store, this.#clock, this.api);
    this.#live.start();
  }

  setPassword(user: string, password: string): void {
    this.#access.setPassword(user, password);
  }

  stored(collection: string): readonly JsonObject[] {
    return storedDocuments(this.#store, collection);
  }

  async stop(): Promise<void> {
    this.#live.stop();
    await Promise.all([this.#management.close(), this.#admin.close()]);
  }

  async start(): Promise<void> {
    this.#live.start();
    try {
      const management = await this.#management.listen(this.#ports.management);
      const admin = await this.#admin.listen(this.#ports.admin);
      this.#ports = { management, admin };
    } catch (error) {
      await this.stop();
      throw error;
    }
  }
}
