import { expect } from 'chai';
import { table } from '../../../src/kinds/table.ts';
import { group } from '../../../src/model/generation.ts';
import type { ResourceStatus } from '../../../src/model/status.ts';
import { freshNamespace, kubectl } from '../../support/cluster/shared.ts';
import { startGateway, type Gateway, type GatewayOptions } from '../../support/gateway/emulator.ts';
import { minimal, type KindName } from '../../support/manifests.ts';

export interface StoredObject {
  readonly metadata: {
    readonly name: string;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
  };
  readonly spec: Record<string, unknown>;
  readonly status?: ResourceStatus;
}

/** A namespace with a gateway of its own, which takes what is in it. */
export interface Scene {
  readonly namespace: string;
  readonly gateway: Gateway;
  apply(...objects: readonly object[]): Promise<void>;
  remove(kind: string, name: string): Promise<void>;
  get(kind: string, name: string): Promise<StoredObject | undefined>;
  /** Waits for a condition of a resource. */
  until(
    kind: string,
    name: string,
    condition: string,
    status: 'True' | 'False' | 'Unknown',
    reason?: string,
  ): Promise<StoredObject>;
  gone(kind: string, name: string): Promise<void>;
  resource(kind: KindName, name: string, spec?: object, metadata?: object): object;
  apiGateway(name: string, gateway: Pick<Gateway, 'url'>, selector?: object, metadata?: object): object;
  end(): Promise<void>;
}

const admin = { name: 'gateway-admin', username: 'admin', password: 'admin' };

export async function startScene(prefix: string, options: GatewayOptions): Promise<Scene> {
  const namespace = await freshNamespace(prefix);
  const gateway = await startGateway({ pollIntervalMs: 0, ...options });
  const scene = sceneIn(namespace, gateway);
  await scene.apply(
    secret(admin.name, { username: admin.username, password: admin.password }),
    scene.apiGateway('main', gateway),
  );
  return scene;
}

export function secret(name: string, stringData: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData };
}

function sceneIn(namespace: string, gateway: Gateway): Scene {
  const typeOf = (kind: string) => {
    const row = table.find(kind);
    return row === undefined ? kind : `${row.plural}.${group}`;
  };
  const get = async (kind: string, name: string) => {
    const text = await kubectl([
      'get',
      typeOf(kind),
      name,
      '-n',
      namespace,
      '-o',
      'json',
      '--ignore-not-found',
    ]);
    return text === '' ? undefined : (JSON.parse(text) as StoredObject);
  };
  return {
    namespace,
    gateway,
    get,
    async apply(...objects) {
      const list = { apiVersion: 'v1', kind: 'List', items: objects };
      await kubectl(['apply', '-n', namespace, '-f', '-'], JSON.stringify(list));
    },
    async remove(kind, name) {
      await kubectl(['delete', typeOf(kind), name, '-n', namespace, '--wait=false']);
    },
    async until(kind, name, type, status, reason) {
      return await eventually(async () => {
        const object = await get(kind, name);
        const condition = object?.status?.conditions?.find((one) => one.type === type);
        const seen = JSON.stringify(object?.status ?? null);
        expect(condition?.status, seen).to.equal(status);
        if (reason !== undefined) expect(condition?.reason, seen).to.equal(reason);
        return object!;
      });
    },
    async gone(kind, name) {
      await eventually(async () => {
        const object = await get(kind, name);
        expect(object, JSON.stringify(object?.status ?? null)).to.equal(undefined);
      });
    },
    resource: (kind, name, spec = minimal[kind], metadata = {}) => ({
      apiVersion: `${group}/v1`,
      kind,
      metadata: { name, namespace, ...metadata },
      spec,
    }),
    apiGateway: (name, of, apiSelector = { scope: 'Namespaced' }, metadata = {}) => ({
      apiVersion: `${group}/v1`,
      kind: 'APIGateway',
      metadata: { name, namespace, ...metadata },
      spec: {
        apiSelector,
        management: { url: of.url, auth: { basic: { secretRef: { name: admin.name } } } },
      },
    }),
    async end() {
      await kubectl(['delete', 'namespace', namespace, '--wait=false']);
      await eventually(async () => {
        expect(await kubectl(['get', 'namespace', namespace, '--ignore-not-found'])).to.equal('');
      }, 60_000);
      await gateway.stop();
    },
  };
}

/** Tries until it does not throw any more; throws the last error when the time is over. */
export async function eventually<T>(attempt: () => Promise<T> | T, withinMs = 30_000): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Calls that change something, as `POST rest-apis`. */
export function writes(gateway: Gateway): readonly string[] {
  return gateway.calls
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`);
}
