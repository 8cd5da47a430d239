import { nearestWord } from '../model/annotated.ts';
import { annotation } from '../model/annotations.ts';
import type { Generation } from '../model/generation.ts';
import type { Resource } from '../model/resource.ts';
import { mayTakeFrom, type ReachRules } from './reach.ts';
import { selects, type Selector } from './selects.ts';

/** What is known of a gateway: what it takes, and what was found when it was asked. */
export interface KnownGateway {
  readonly namespace: string;
  readonly name: string;
  readonly selector: Selector;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it may take anything from a namespace, whatever its selector says. */
  mayTakeFrom(namespace: string): boolean;
  /** Unknown until the controller has reached it. */
  readonly generation: Generation | undefined;
  /** Names of provider templates and the like that it ships with; unknown until it was reached. */
  readonly builtIn: readonly string[] | undefined;
  /** So many resources may stand below one parent (API keys). */
  readonly quotaBelowParent: number;
  /** Whether what it can't change may be deleted there and created anew, where nothing nearer says otherwise. */
  readonly allowsRecreate: boolean;
  /** What people ask for by annotation of everything that it takes, where nothing nearer says otherwise. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What gateways allow where nobody changed their settings (`api_keys_per_user_per_api`). */
const defaultQuota = 10;

/** How many keys and the like one user may create there below one parent. */
export function quotaOf({ spec }: Pick<Resource, 'spec'>): number {
  return (spec as { readonly apiKeysPerUser?: number } | undefined)?.apiKeysPerUser ?? defaultQuota;
}

/** Reads an APIGateway resource. */
export function knownGateway(resource: Resource, rules: ReachRules): KnownGateway {
  const spec = (resource.spec ?? {}) as {
    readonly apiSelector?: Selector;
    readonly management?: { readonly apiVersion?: string };
  };
  const status = (resource.status ?? {}) as {
    readonly apiVersion?: string;
    readonly templates?: readonly string[];
  };
  const { namespace, name } = resource.metadata;
  return {
    namespace,
    name,
    selector: spec.apiSelector ?? {},
    labels: resource.metadata.labels ?? {},
    mayTakeFrom: (other) => mayTakeFrom(resource, other, rules),
    generation: generationOf(spec.management?.apiVersion) ?? generationOf(status.apiVersion),
    builtIn: status.templates,
    allowsRecreate: nearestWord([resource], annotation.allowRecreate, ['true', 'false']) === 'true',
    quotaBelowParent: quotaOf(resource),
    annotations: resource.metadata.annotations ?? {},
  };
}

/** The gateways that take a resource, in the order of their names. */
export function selectedBy(gateways: Iterable<KnownGateway>, resource: Resource): readonly KnownGateway[] {
  const taking = [...gateways].filter((gateway) => takes(gateway, resource));
  if (taking.length < 2) return taking;
  return taking.sort((one, other) => gatewayKey(one).localeCompare(gatewayKey(other)));
}

/** Whether a gateway takes a resource: it asks for it, and may have it. */
export function takes(gateway: KnownGateway, { metadata: { namespace, labels = {} } }: Resource): boolean {
  return (
    selects(gateway.selector, gateway.namespace, { namespace, labels }) && gateway.mayTakeFrom(namespace)
  );
}

interface GatewayName {
  readonly namespace: string;
  readonly name: string;
}

/** What names a gateway in queues and maps. */
export function gatewayKey(gateway: GatewayName): string {
  return `${gateway.namespace}/${gateway.name}`;
}

/** Whether a gateway is the one that a key names. What is asked of every resource makes no text for each. */
export function isAtKey({ namespace, name }: GatewayName, key: string): boolean {
  return (
    key.length === namespace.length + 1 + name.length &&
    key.startsWith(namespace) &&
    key[namespace.length] === '/' &&
    key.endsWith(name)
  );
}

function generationOf(text: string | undefined): Generation | undefined {
  return text === 'v0.9' || text === 'v1' ? text : undefined;
}
