import type { KubeClient } from '../../src/kube/client.ts';
import { titled } from '../../src/model/resource.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import { readInventory, type StoredResource } from '../cluster/inventory.ts';
import { Exit, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { Say } from '../progress.ts';
import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { findRow } from '../cluster/kind-named.ts';
import type { Target } from './targets.ts';

/** Why a resource is not yet as the controller was asked to make it; undefined once it is. */
export type Pending = (resource: StoredResource['resource']) => string | undefined;

const pollMs = 500;

interface Waiting {
  readonly client: KubeClient;
  readonly targets: readonly Target[];
  readonly pending: Pending;
  readonly timeoutMs: number;
}

/**
 * Waits until the controller has taken up what was asked of everything that the targets concern.
 *
 * @throws Exit that names what is still open when the time is over
 */
export async function untilTakenUp(
  io: Io,
  { client, targets, pending, timeoutMs }: Waiting,
  say: Say,
): Promise<number> {
  const deadline = io.clock.monotonicMs() + timeoutMs;
  for (;;) {
    const concerned = (await Promise.all(targets.map((target) => concernedBy(client, target)))).flat();
    const open = concerned.flatMap(({ resource }) => {
      const why = pending(resource);
      return why === undefined ? [] : [`${titled(resource)}: ${why}`];
    });
    if (open.length === 0) return concerned.length;
    say(`waiting for ${open.length} of ${concerned.length}: ${open[0] ?? ''}`);
    if (io.clock.monotonicMs() >= deadline)
      throw new Exit(
        exitCode.failed,
        `${open.length} of ${concerned.length} are not there yet: ${open.slice(0, mostNamed).join('; ')}`,
      );
    await io.clock.sleep(pollMs, io.signal);
    io.signal.throwIfAborted();
  }
}

const mostNamed = 5;

/** The resources for which an annotation on the target counts. */
async function concernedBy(
  client: KubeClient,
  { type, namespace, name }: Target,
): Promise<readonly StoredResource[]> {
  const row = findRow(type.kind);
  if (row !== undefined) {
    const { resources } = await readInventory(client, { namespace, rows: [row] });
    return resources.filter(({ resource }) => resource.metadata.name === name);
  }
  if (type.kind !== gatewayKind.kind) return (await readInventory(client, { namespace: name })).resources;
  const { resources } = await readInventory(client, { namespace: undefined });
  const key = `${namespace ?? ''}/${name}`;
  return resources.filter(({ resource }) =>
    (resource.status?.gateways ?? []).some((entry) => gatewayKey(entry) === key),
  );
}
