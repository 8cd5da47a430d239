import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { table } from '../../src/kinds/table.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { configMapType, customType } from '../../src/kube/core-types.ts';
import type { KubeObject, ResourceType } from '../../src/kube/resource.ts';
import type { ResourceStatus } from '../../src/model/status.ts';
import type { Crew } from './crew.ts';
import type { Population } from './population.ts';

const eventType: ResourceType = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
};
const ours = [...table.rows, gatewayKind].map(customType);

/** Resources whose status doesn't say that they stand at all their gateways as they are. */
export async function notReady(client: KubeClient, population: Population): Promise<readonly string[]> {
  const stored = new Map<string, KubeObject>();
  for (const type of ours)
    for (const object of (await client.list<KubeObject>(type)).items)
      stored.set(keyOf(type.kind, object.metadata), object);
  return population.families.flatMap(({ namespace, sites, residents }) =>
    residents.flatMap(({ member: { kind, name } }) => {
      const who = `${kind} ${namespace}/${name}`;
      const object = stored.get(keyOf(kind, { namespace, name }));
      if (object === undefined) return [`${who} is not there`];
      const status = object.status as ResourceStatus | undefined;
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      if (ready?.status !== 'True')
        return [`${who} is not Ready: ${ready?.reason ?? 'no condition'}: ${ready?.message ?? ''}`];
      if (ready.observedGeneration !== object.metadata.generation)
        return [`${who} is Ready of an older generation`];
      const count = status?.gateways?.length ?? 0;
      return count === sites.length ? [] : [`${who} says ${count} gateways and not ${sites.length}`];
    }),
  );
}

function keyOf(kind: string, { namespace = '', name }: { namespace?: string | undefined; name: string }) {
  return `${kind}/${namespace}/${name}`;
}

/** The first eight bytes of every value that must not be seen, and what they are in Base64. */
const signsOfSecrets = ['canary-', Buffer.from('canary-').toString('base64').slice(0, 9)];

/** Where a secret was seen that should not have been. `generated`: keys that were made up on the way. */
export async function leaks(
  client: KubeClient,
  {
    crew,
    webhookLogs,
    generated,
  }: { readonly crew: Crew; readonly webhookLogs: string; readonly generated: readonly string[] },
): Promise<{ readonly places: readonly string[]; readonly bytes: number }> {
  const texts = new Map<string, string>();
  for (const replica of crew.everyone) texts.set(`the log of ${replica.name}`, await replica.output());
  for (const replica of crew.alive) texts.set(`the metrics of ${replica.name}`, await replica.metrics());
  for (const file of (await readdir(webhookLogs)).filter((name) => name.endsWith('.log')))
    texts.set(`the log ${file}`, await readFile(join(webhookLogs, file), 'utf8'));
  for (const type of [...ours, eventType, configMapType])
    texts.set(`the ${type.plural} of the cluster`, JSON.stringify((await client.list(type)).items));
  const signs = [...signsOfSecrets, ...generated];
  return {
    places: [...texts]
      .filter(([, text]) => signs.some((sign) => text.includes(sign)))
      .map(([where]) => where),
    bytes: [...texts.values()].reduce((sum, { length }) => sum + length, 0),
  };
}
