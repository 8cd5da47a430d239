import { apiServerFaults } from '../../src/checks/api-server.ts';
import { gatewayFindings, gatewaySources } from '../../src/checks/gateway.ts';
import { changeFindings } from '../../src/checks/gateway-change.ts';
import { gatherKeys } from '../../src/checks/gather.ts';
import { denied } from '../../src/checks/input.ts';
import { reachFindings } from '../../src/checks/reach.ts';
import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { grantedTo } from '../../src/selection/granting.ts';
import { among, placeOf, type Bench } from './bench.ts';
import type { Said } from './judge.ts';
import type { Found } from './sort.ts';

/** Everything that is to be said of an APIGateway. */
export async function judgeGateway(
  { document, object: written }: Found,
  bench: Bench,
): Promise<readonly Said[]> {
  const { schemas, table, view, holders, options, surroundings } = bench;
  const { namespace, name } = written.metadata;
  const refusals = apiServerFaults(document.value, gatewayKind.schema).map((fault) => ({
    ...denied(fault),
    check: 'api-server' as const,
  }));
  const old = among(surroundings.gateways, written);
  const object = await grantedTo(written, old, () => surroundings.mayBind(name));
  const keys = await gatherKeys(gatewaySources(object.spec), namespace, holders);
  const { enforcement } = placeOf(bench, namespace);
  const change = { object, old };
  const { maxRemovalPercent, allowLoopback } = options;
  const findings = [
    ...reachFindings({ ...change, mayClaim: true }, view.rules.reach),
    ...gatewayFindings({ row: gatewayKind, object, enforcement, allowLoopback }, keys, schemas),
    ...(schemas.check(gatewayKind, object.spec).spec === undefined
      ? []
      : changeFindings(change, {
          table,
          schemas,
          rules: view.rules,
          maxRemovalPercent,
          all: () => view.all(),
        })),
  ];
  return [...refusals, ...findings.map((finding) => ({ ...finding, check: 'gateway' as const }))];
}
