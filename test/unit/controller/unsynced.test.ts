import { expect } from 'chai';
import { Cluster } from '../../../controller/cluster/cluster.ts';
import type { StoredGateway } from '../../../controller/cluster/stored.ts';
import { controllerMetrics, controllersOf } from '../../../controller/metrics.ts';
import { LastSeen } from '../../../controller/gateway/last-seen.ts';
import { LeftBehind } from '../../../controller/orphans/left-behind.ts';
import { Orphans } from '../../../controller/orphans/orphans.ts';
import { Removals } from '../../../controller/removals/removals.ts';
import { Shares } from '../../../controller/shards/shares.ts';
import { Book } from '../../../controller/status/book.ts';
import { ManagementClient } from '../../../src/gateway/management-client.ts';
import { gatewayKind } from '../../../src/kinds/api-gateway.ts';
import { table } from '../../../src/kinds/table.ts';
import { createKubeClient } from '../../../src/kube/client.ts';
import { Scope } from '../../../src/kube/scope.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import { systemClock as clock } from '../../../src/runtime/clock.ts';
import { createLogger } from '../../../src/runtime/logger.ts';
import { createRegistry } from '../../../src/runtime/metrics.ts';
import { KubeConfig } from '@kubernetes/client-node';
import { startGateway } from '../../support/gateway/emulator.ts';
import { connect, forever } from '../gateway-client/connection.ts';

describe('the search for orphans before the resources have been listed', () => {
  it('does not so much as look, since every resource seems to be absent', async () => {
    const emulator = await startGateway({ api: 'v1' });
    const transport = connect(emulator.url);
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromClusterAndUser(
      { name: 'none', server: 'http://127.0.0.1:1', skipTLSVerify: false },
      { name: 'nobody' },
    );
    const client = createKubeClient({ kubeConfig });
    const logger = createLogger({ name: 'test', level: 'error' });
    const cluster = new Cluster({
      client,
      logger,
      clock,
      table,
      gatewayKind,
      schemas: new SchemaCheck(),
      reach: 'Any',
      scope: new Scope([], { logger }),
    });
    const book = new Book({ clock });
    const shares = new Shares(1, { clock });
    const orphans = new Orphans('gw/main', {
      shares,
      client,
      cluster,
      book,
      removals: new Removals({ maxRemovalPercent: 20 }, { cluster, book, clock, shares }),
      installation: { cluster: 'uid' },
      leftBehind: new LeftBehind('default', { client, shares }),
      events: { record: () => expect.fail('nothing is to be told') },
      logger,
      metrics: controllerMetrics(createRegistry(), controllersOf(table, gatewayKind)),
    });
    const gateway = { metadata: { namespace: 'gw', name: 'main' } } as StoredGateway;
    const management = new ManagementClient({ generation: 'v1' }, { transport });
    try {
      expect(
        await orphans.look(gateway, management, { lists: [], lastSeen: new LastSeen() }, forever),
      ).to.equal(undefined);
      expect(emulator.calls).to.deep.equal([]);
    } finally {
      await transport.close();
      await emulator.stop();
    }
  });
});
