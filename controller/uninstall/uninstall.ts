import type { KubeClient } from '../../src/kube/client.ts';
import { customType } from '../../src/kube/core-types.ts';
import type { KindTable } from '../../src/model/kind-table.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { removeConfigurations } from './configurations.ts';
import { deleteEverything } from './delete-everything.ts';
import { release } from './release.ts';
import { Reviews } from './reviews.ts';
import type { UninstallSettings } from './settings.ts';
import { Stock } from './stock.ts';
import { isRunning, stopController } from './stop-controller.ts';

export interface UninstallDependencies {
  readonly client: KubeClient;
  readonly table: Pick<KindTable, 'rows'>;
  readonly gatewayKind: { readonly kind: string; readonly plural: string };
  readonly clock: Clock;
  /** Tells people how far it has come. */
  readonly say: (line: string) => void;
}

/**
 * Takes away what would outlive Portcullis and be in somebody's way: first of all the webhook configurations, then what
 * of ours keeps resources from being deleted.
 *
 * @throws UninstallError or KubeError where something of that is left
 */
export async function uninstall(
  settings: UninstallSettings,
  dependencies: UninstallDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { table, gatewayKind, say } = dependencies;
  await removeConfigurations(settings, dependencies);
  const stock = new Stock(settings.watchNamespaces, dependencies);
  const resources = table.rows.map(customType);
  const gateways = [customType(gatewayKind)];
  if (settings.resources === 'delete') {
    if (!(await isRunning(settings, dependencies)))
      say('The controller does not run: what is deleted stays at the gateways');
    await deleteEverything([resources, gateways], stock, settings, dependencies, signal);
  }
  const reviews = new Reviews(settings, dependencies);
  const isEmpty = await stock.isEmpty([...resources, ...gateways]);
  if (!isEmpty || !(await reviews.isEmpty())) await stopController(settings, dependencies, signal);
  if (!isEmpty) await release([...resources, ...gateways], stock, dependencies, signal);
  await reviews.remove();
  say('Nothing of Portcullis holds anything any more');
}
