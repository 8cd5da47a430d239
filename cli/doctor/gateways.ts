import { leaseType, type Lease } from '../../src/kube/lease.ts';
import { operatorLease } from '../../src/model/platform-operator.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import { statusOf } from '../status/gateway-line.ts';
import { troublesOf } from '../status/troubles.ts';
import { doubtful, good, wrong, type Check, type Finding } from './finding.ts';

const cures: Readonly<Record<string, string>> = {
  Unreachable:
    'see spec.management of the APIGateway, its Secret, and NetworkPolicies between the controller and it',
  Unseen: 'see that the controller runs, and watches the namespace',
  Behind: 'see that the controller runs; kubectl logs shows what it does',
  NotGranted: 'the message says how the reach is granted',
  TooMany: 'the message says how the removals are released',
};

/** Whether each gateway answers, in which generation, and takes what it asks for. */
export const gateways: Check = {
  name: 'gateways',
  run: ({ inventory }) => {
    if (inventory.gateways.length === 0) {
      const cure = 'create one, which says where a gateway is and what it takes';
      return Promise.resolve([doubtful('there is no APIGateway, or none may be seen', cure)]);
    }
    const findings = inventory.gateways.flatMap((gateway): readonly Finding[] => {
      const key = gatewayKey(gateway.metadata);
      const troubles = troublesOf([gateway], []);
      const { apiVersion = 'unknown', bound = 0, conditions = [] } = statusOf(gateway);
      const guard = conditions.find(({ type, status }) => type === 'AdminPortGuarded' && status === 'False');
      const open =
        guard === undefined
          ? []
          : [doubtful(`${key}: ${guard.message}`, 'close the admin port to all but the controller')];
      if (troubles.length === 0)
        return [
          good(`${key} answers, speaks management API ${apiVersion}, and takes ${bound} resources`),
          ...open,
        ];
      return [
        ...troubles.map(({ reason, message }) =>
          wrong(`${key}: ${message}`, cures[reason] ?? 'portcullis status tells more'),
        ),
        ...open,
      ];
    });
    return Promise.resolve(findings);
  },
};

/** A Lease that was renewed so lately is held by somebody who works. */
const workingMs = 60_000;

/** Whether the platform's own operator is at work beside us: both would write to the same gateways. */
export const operator: Check = {
  name: "the platform's operator",
  run: async ({ client, clock }) => {
    const { items } = await client.list<Lease>(leaseType, {
      fieldSelector: `metadata.name=${operatorLease}`,
    });
    const working = items.filter(({ spec }) => {
      const renewed = Date.parse(spec?.renewTime ?? '');
      return spec?.holderIdentity && clock.now().getTime() - renewed < workingMs;
    });
    if (working.length === 0) return [good('it is not at work')];
    const where = working.map(({ metadata }) => metadata.namespace ?? '').join(', ');
    const cure =
      'scale it down; charts/portcullis/README.md says how to move over. Until then the controller waits';
    return [wrong(`it is at work in namespace ${where}`, cure)];
  },
};

/** How much of what is described stands at the gateways. */
export const resources: Check = {
  name: 'resources',
  run: ({ inventory }) => {
    const unread = inventory.unread.map((what): Finding => ({ severity: 'unknown', what }));
    const troubles = troublesOf([], inventory.resources);
    const count = inventory.resources.length;
    const cure = 'portcullis status -A tells which, and why';
    return Promise.resolve([
      ...unread,
      troubles.length === 0
        ? good(`all ${count} stand at their gateways as wanted`)
        : doubtful(`${troubles.length} things are not as wanted, of ${count} resources`, cure),
    ]);
  },
};
