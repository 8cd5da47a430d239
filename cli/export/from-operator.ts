import {
  exportFromPlatform,
  isLeftByPlatform,
  takeOver,
  type Stored,
} from '../../src/export/from-platform.ts';
import { table } from '../../src/kinds/table.ts';
import { customType } from '../../src/kube/core-types.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import { leaseType, type Lease } from '../../src/kube/lease.ts';
import type { KubeObject } from '../../src/kube/resource.ts';
import { SchemaCheck } from '../../src/model/checked.ts';
import { operatorLease } from '../../src/model/platform-operator.ts';
import { titled, type Resource } from '../../src/model/resource.ts';
import { connect } from '../connect.ts';
import type { Io } from '../io.ts';
import { withProgress } from '../progress.ts';
import type { ExportOptions } from './options.ts';
import { tell } from './summary.ts';
import { write } from './write.ts';

/** Gives whether everything can be taken over. */
export async function exportOperator(io: Io, options: ExportOptions): Promise<boolean> {
  const { client, listed } = connect(io, options);
  const stored = await withProgress(io, 'reading resources', () => leftBehind(client, listed));
  await warnOfOperator(io, client);
  const whole = exportFromPlatform(stored, io.clock.now(), { table, schemas: new SchemaCheck() });
  const of = "of the platform's operator";
  if (options.apply !== true) return tell(io, { of, whole, written: await write(io, whole, options) });
  for (const one of stored) await mark(io, client, one);
  return tell(io, { of, whole, written: { secrets: undefined, keepers: [], held: [] } });
}

async function leftBehind(client: KubeClient, namespace: string | undefined): Promise<readonly Stored[]> {
  const found: Stored[] = [];
  for (const row of table.rows) {
    for (const object of await listOf(client, row, namespace)) {
      const resource = object as unknown as Resource;
      if (isLeftByPlatform(resource)) found.push({ row, resource });
    }
  }
  return found;
}

/** A cluster of the platform's operator alone does not have every kind of ours, nor our version. */
async function listOf(
  client: KubeClient,
  row: (typeof table.rows)[number],
  namespace: string | undefined,
): Promise<readonly KubeObject[]> {
  for (const version of ['v1', 'v1alpha1']) {
    try {
      return (await client.list<KubeObject>({ ...customType(row), version }, { namespace })).items;
    } catch (error) {
      if (!isKubeError(error, 'notFound')) throw error;
    }
  }
  return [];
}

async function mark(io: Io, client: KubeClient, { row, resource }: Stored): Promise<void> {
  const { namespace, name, annotations = {} } = resource.metadata;
  const isSaid = Object.keys(takeOver).some((key) => annotations[key] !== undefined);
  if (isSaid) return;
  const type = { ...customType(row), version: resource.apiVersion?.split('/')[1] ?? 'v1' };
  await client.mergePatch(
    type,
    namespace,
    name,
    { metadata: { annotations: takeOver } },
    { fieldManager: 'portcullis' },
  );
  io.out(`${titled(resource)} is marked\n`);
}

/** While it works the controller waits, and whatever is changed is changed for it too. */
async function warnOfOperator(io: Io, client: KubeClient): Promise<void> {
  try {
    const { items } = await client.list<Lease>(leaseType, {
      fieldSelector: `metadata.name=${operatorLease}`,
    });
    const held = items.find(({ spec }) => (spec?.holderIdentity ?? '') !== '');
    if (held === undefined) return;
    const { namespace = '', name } = held.metadata;
    io.err(
      `warning: Lease ${namespace}/${name} is held: stop the platform's operator before Portcullis is to take over\n`,
    );
  } catch (error) {
    if (!isKubeError(error, 'forbidden')) throw error;
    io.err("warning: you may not see whether the platform's operator still works\n");
  }
}
