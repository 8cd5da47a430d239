import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { BindingStatus, Condition } from '../../src/model/status.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { StoredResource } from '../cluster/inventory.ts';
import { statusOf } from './gateway-line.ts';

/** Something that is not as it should be. */
export interface Trouble {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Where; absent where it is of no gateway, or of all. */
  readonly gateway?: string;
  /** RFC 3339; absent where nobody wrote it down. */
  readonly since?: string | undefined;
  readonly reason: string;
  readonly message: string;
}

/** What is wrong with gateways and resources, the oldest first. */
export function troublesOf(
  gateways: readonly Resource[],
  resources: readonly StoredResource[],
): readonly Trouble[] {
  const found = [...gateways.flatMap(ofGateway), ...resources.flatMap(ofResource)];
  return found.toSorted(
    (one, other) => momentOf(one) - momentOf(other) || nameOf(one).localeCompare(nameOf(other)),
  );
}

function momentOf({ since }: Trouble): number {
  const at = Date.parse(since ?? '');
  return Number.isNaN(at) ? Infinity : at;
}

function nameOf({ kind, namespace, name, gateway = '' }: Trouble): string {
  return [kind, namespace, name, gateway].join('/');
}

/** What the conditions of an APIGateway are where all is well. */
const well: Readonly<Record<string, Condition['status']>> = {
  Reachable: 'True',
  Synced: 'True',
  Reach: 'True',
  RemovalHeld: 'False',
};

function ofGateway(gateway: Resource): readonly Trouble[] {
  const { kind } = gatewayKind;
  const { namespace, name, creationTimestamp, generation } = gateway.metadata;
  const place = { kind, namespace, name, gateway: gatewayKey(gateway.metadata) };
  const { conditions, observedGeneration } = statusOf(gateway);
  if (conditions === undefined)
    return [{ ...place, since: creationTimestamp, reason: 'Unseen', message: unseen }];
  const behind: readonly Trouble[] =
    generation === undefined || observedGeneration === undefined || observedGeneration >= generation
      ? []
      : [{ ...place, reason: 'Behind', message: behindText }];
  const isLost = conditions.some(({ type, status }) => type === 'Reachable' && status !== 'True');
  return [
    ...conditions
      // What follows from a gateway's being away need not be said twice; what of its resources fails is told of these.
      .filter(({ type, reason }) => !(type === 'Synced' && (isLost || reason === 'Failing')))
      .filter(({ type, status }) => well[type] !== undefined && well[type] !== status)
      .map(({ lastTransitionTime: since, reason, message }) => ({ ...place, since, reason, message })),
    ...behind,
  ];
}

const unseen = 'no controller has seen it yet; is one running? (portcullis doctor)';
const behindText = 'the controller has not come to the last change yet';

function ofResource({ resource }: StoredResource): readonly Trouble[] {
  const { kind, metadata, status } = resource;
  const { namespace, name, creationTimestamp, generation } = metadata;
  const place = { kind, namespace, name };
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (status === undefined || ready === undefined)
    return [{ ...place, since: creationTimestamp, reason: 'Unseen', message: unseen }];
  const entries = status.gateways ?? [];
  const since = ready.status === 'True' ? undefined : ready.lastTransitionTime;
  const bindings = entries.flatMap((entry) => ofBinding(entry, place, since));
  if (bindings.length > 0) return bindings;
  if (ready.status !== 'True') return [{ ...place, since, reason: ready.reason, message: ready.message }];
  if (generation !== undefined && (status.observedGeneration ?? 0) < generation)
    return [{ ...place, reason: 'Behind', message: behindText }];
  return [];
}

function ofBinding(
  entry: BindingStatus,
  place: Pick<Trouble, 'kind' | 'namespace' | 'name'>,
  since: string | undefined,
): readonly Trouble[] {
  const at = { ...place, gateway: gatewayKey(entry) };
  const { state, reason = state, message = state, live, unkept = [] } = entry;
  if (state !== 'Programmed') return [{ ...at, since: since ?? entry.lastSyncTime, reason, message }];
  if (live?.state === 'Pending')
    return [{ ...at, since: live.since, reason: 'NotLive', message: 'it is stored there and not live yet' }];
  if (unkept.length > 0) {
    const said = `the gateway took and did not keep ${unkept.join(', ')}`;
    return [{ ...at, since: entry.lastSyncTime, reason: 'NotKept', message: said }];
  }
  return [];
}
