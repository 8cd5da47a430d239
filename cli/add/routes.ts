import { table } from '../../src/kinds/table.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { Applied } from './apply.ts';

export interface ShownRoute {
  readonly gateway: string;
  readonly host: string;
  readonly method: string;
  readonly path: string;
}

/** Where each operation answers, on every gateway that holds it. */
export function routesOf({ kind, spec, status }: Applied): readonly ShownRoute[] {
  const row = table.get(kind);
  const gateways = (status?.gateways ?? []).filter(({ state }) => state === 'Programmed');
  const operations = row.operations?.(spec) ?? [];
  return gateways.flatMap((gateway) =>
    (row.routes?.(spec) ?? []).flatMap(({ context, vhost }) =>
      operations.map(({ method, route }) => ({
        gateway: gatewayKey(gateway),
        host: vhost,
        method,
        path: `${context === '/' ? '' : context}${route}`,
      })),
    ),
  );
}
