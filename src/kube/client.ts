import { KubeConfig } from '@kubernetes/client-node';
import { existsSync } from 'node:fs';
import { isKubeError, notEntitled } from './kube-error.ts';
import { type Limits, narrowed } from './limits.ts';
import { queryText, resourcePath, titleOf } from './resource-path.ts';
import { apiVersionOf, type BareObject, type ResourceType } from './resource.ts';
import {
  type AccessAnswer,
  type AccessSpec,
  subjectAccessReview,
  type TokenAnswer,
  tokenReview,
} from './reviews.ts';
import { type ApiAnswer, createTransport, type Transport } from './transport.ts';
import { type WatchEvent, type WatchOptions, watchEvents } from './watch.ts';

export interface ListOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface ListDetails<T> extends ListOptions {
  /** What is kept of an object: the rest goes with its page, so that a long list is never there in full. */
  readonly keep?: ((object: T) => T) | undefined;
}

export interface KubeList<T> {
  readonly items: T[];
  readonly resourceVersion: string;
}

export interface WriteOptions {
  readonly fieldManager?: string;
  readonly subresource?: 'status' | 'scale';
  /** The API server judges the write and stores nothing. */
  readonly dryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** Takes over the fields that others manage. */
  readonly force?: boolean;
}

export interface JsonPatchStep {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: unknown;
}

/**
 * The API server. Every method throws a `KubeError`; reads are tried again when the connection breaks, writes only
 * when the server says that it did nothing (429).
 */
export interface KubeClient {
  /** Undefined if there is no such object, or no such type. */
  get<T extends BareObject>(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
  ): Promise<T | undefined>;
  /** Everything, in pages of 500. */
  list<T extends BareObject>(type: ResourceType, options?: ListDetails<T>): Promise<KubeList<T>>;
  create<T extends BareObject>(type: ResourceType, object: T, options?: WriteOptions): Promise<T>;
  /** Fails with `conflict` unless the object's resourceVersion is the stored one. */
  replace<T extends BareObject>(type: ResourceType, object: T, options?: WriteOptions): Promise<T>;
  mergePatch<T extends BareObject>(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
    patch: unknown,
    options?: WriteOptions,
  ): Promise<T>;
  jsonPatch<T extends BareObject>(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
    patch: readonly JsonPatchStep[],
    options?: WriteOptions,
  ): Promise<T>;
  /** Server-side apply: `object` holds the fields that we care for, and nothing else. */
  apply<T extends BareObject>(type: ResourceType, object: BareObject, options: ApplyOptions): Promise<T>;
  /** Succeeds also if there is no such object; fails with `conflict` if it is not the one that is meant. */
  delete(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
    preconditions?: { readonly uid?: string; readonly resourceVersion?: string },
  ): Promise<void>;
  /** The changes after `options.resourceVersion`. Ends when the server ends it; throws when it breaks. */
  watch<T extends BareObject>(
    type: ResourceType,
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>>;
  subjectAccessReview(spec: AccessSpec): Promise<AccessAnswer>;
  tokenReview(token: string, audiences?: readonly string[]): Promise<TokenAnswer>;
  /** The same client, whose calls all end within these limits. */
  within(limits: Limits): KubeClient;
}

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * How to reach the API server: the kubeconfig at `path` if one is named, else the service account of the Pod that we
 * run in, else what kubectl would take (`KUBECONFIG`, `~/.kube/config`).
 */
export function loadKubeConfig({ path }: { readonly path?: string | undefined }): KubeConfig {
  const kubeConfig = new KubeConfig();
  if (path !== undefined) kubeConfig.loadFromFile(path);
  else if (existsSync(serviceAccountToken)) kubeConfig.loadFromCluster();
  else kubeConfig.loadFromDefault();
  return kubeConfig;
}

/** The largest page of a list, as client-go's pager has it. */
const pageSize = 500;

export function createKubeClient({
  kubeConfig,
  answered,
}: {
  readonly kubeConfig: KubeConfig;
  /** Told of every answer of the API server, and of every call that got none. */
  readonly answered?: (answer: ApiAnswer) => void;
}): KubeClient {
  return over(createTransport(kubeConfig, answered), {});
}

function over(transport: Transport, { tenureOf, ...limits }: Limits): KubeClient {
  /** The limits of a write, where it may be made. */
  const entitled = (action: string, type: ResourceType, namespace: string | undefined, name: string) => {
    if (tenureOf === undefined) return limits;
    const tenure = tenureOf({ type, namespace, name });
    if (tenure === undefined) throw notEntitled(action);
    return { ...limits, tenure };
  };
  const write = async <T>(
    method: 'POST' | 'PUT',
    type: ResourceType,
    object: BareObject,
    verb: string,
    options: WriteOptions = {},
  ) => {
    const { namespace, name } = object.metadata;
    const path = resourcePath(type, namespace, method === 'PUT' ? name : undefined, options.subresource);
    const action = `${verb} ${titleOf(type, namespace, name)}`;
    return (await transport.request(action, {
      method,
      path: path + queryText(writeQuery(options)),
      body: object,
      ...entitled(action, type, namespace, name),
    })) as T;
  };
  const patch = async <T>(
    format: string,
    type: ResourceType,
    target: Target,
    body: unknown,
    options: ApplyOptions | WriteOptions = {},
  ) => {
    const path = resourcePath(type, target.namespace, target.name, options.subresource);
    const force = 'force' in options ? options.force : undefined;
    const action = `patch ${titleOf(type, target.namespace, target.name)}`;
    return (await transport.request(action, {
      method: 'PATCH',
      path: path + queryText({ ...writeQuery(options), force }),
      contentType: `application/${format}`,
      body,
      ...entitled(action, type, target.namespace, target.name),
    })) as T;
  };
  const ask = (action: string, path: string, body: unknown) =>
    transport.request(action, { method: 'POST', path, body, ...limits });

  return {
    async get<T>(type: ResourceType, namespace: string | undefined, name: string) {
      const path = resourcePath(type, namespace, name);
      try {
        return (await transport.request(`read ${titleOf(type, namespace, name)}`, {
          method: 'GET',
          path,
          ...limits,
        })) as T;
      } catch (error) {
        if (isKubeError(error, 'notFound')) return undefined;
        throw error;
      }
    },
    async list<T extends BareObject>(type: ResourceType, options: ListDetails<T> = {}) {
      const items: T[] = [];
      let continueToken: string | undefined;
      for (;;) {
        const { namespace, labelSelector, fieldSelector, keep = asItIs } = options;
        const query = queryText({ labelSelector, fieldSelector, limit: pageSize, continue: continueToken });
        const path = resourcePath(type, namespace) + query;
        const action = `list ${titleOf(type, namespace)}`;
        const page = (await transport.request(action, { method: 'GET', path, ...limits })) as Page<T>;
        for (const item of page.items ?? []) items.push(keep(named(type, item)));
        continueToken = page.metadata.continue ?? '';
        if (continueToken === '') return { items, resourceVersion: page.metadata.resourceVersion ?? '' };
      }
    },
    create: (type, object, options) => write('POST', type, object, 'create', options),
    replace: (type, object, options) => write('PUT', type, object, 'replace', options),
    mergePatch: (type, namespace, name, body, options) =>
      patch('merge-patch+json', type, { namespace, name }, body, options),
    jsonPatch: (type, namespace, name, body, options) =>
      patch('json-patch+json', type, { namespace, name }, body, options),
    apply: (type, object, options) => patch('apply-patch+yaml', type, object.metadata, object, options),
    async delete(type, namespace, name, preconditions) {
      const path = resourcePath(type, namespace, name);
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...(preconditions && { preconditions }) };
      const action = `delete ${titleOf(type, namespace, name)}`;
      const allowed = entitled(action, type, namespace, name);
      try {
        await transport.request(action, { method: 'DELETE', path, body, ...allowed });
      } catch (error) {
        if (!isKubeError(error, 'notFound')) throw error;
      }
    },
    watch: (type, options, signal) => watchEvents(transport, type, options, signal),
    subjectAccessReview: (spec) => subjectAccessReview(ask, spec),
    tokenReview: (token, audiences) => tokenReview(ask, token, audiences),
    within: (narrower) => over(transport, narrowed({ ...limits, ...(tenureOf && { tenureOf }) }, narrower)),
  };
}

interface Target {
  readonly namespace?: string | undefined;
  readonly name: string;
}

interface Page<T> {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly T[] | null;
}

function writeQuery({ fieldManager, dryRun }: WriteOptions) {
  return { fieldManager, dryRun: dryRun ? 'All' : undefined };
}

const asItIs = <T>(object: T): T => object;

/** The items of a list of a built-in type come without apiVersion and kind. */
function named<T extends BareObject>(type: ResourceType, item: T): T {
  return { ...item, apiVersion: apiVersionOf(type), kind: type.kind };
}
