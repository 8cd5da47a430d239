import type { Generation } from '../model/generation.ts';
import type { Resource } from '../model/resource.ts';
import { selects, type Selector } from './selects.ts';

/** What is known of a gateway: what it takes, and what was found when it was asked. */
export interface KnownGateway {
  readonly namespace: string;
  readonly name: string;
  readonly selector: Selector;
  /** Unknown until the controller has reached it. */
  readonly generation: Generation | undefined;
  /** Names of provider templates and the like that it ships with; unknown until it was reached. */
  readonly builtIn: readonly string[] | undefined;
  /** So many resources may stand below one parent (API keys). */
  readonly quotaBelowParent: number;
}

/** What gateways allow where nobody changed their settings (`api_keys_per_user_per_api`). */
const defaultQuota = 10;

/** Reads an APIGateway resource. */
export function knownGateway(resource: Resource): KnownGateway {
  const spec = (resource.spec ?? {}) as {
    readonly apiSelector?: Selector;
    readonly management?: { readonly apiVersion?: string };
    readonly apiKeysPerUser?: number;
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
    generation: generationOf(spec.management?.apiVersion) ?? generationOf(status.apiVersion),
    builtIn: status.templates,
    quotaBelowParent: spec.apiKeysPerUser ?? defaultQuota,
  };
}

/** The gateways that take a resource, in the order of their names. */
export function selectedBy(gateways: Iterable<KnownGateway>, resource: Resource): readonly KnownGateway[] {
  const { namespace, labels = {} } = resource.metadata;
  return [...gateways]
    .filter((gateway) => selects(gateway.selector, gateway.namespace, { namespace, labels }))
    .sort((one, other) => gatewayKey(one).localeCompare(gatewayKey(other)));
}

export function gatewayKey(gateway: { readonly namespace: string; readonly name: string }): string {
  return `${gateway.namespace}/${gateway.name}`;
}

function generationOf(text: string | undefined): Generation | undefined {
  return text === 'v0.9' || text === 'v1' ? text : undefined;
}
