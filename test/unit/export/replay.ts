import { expect } from 'chai';
import { readContent } from '../../../cli/export/read-content.ts';
import { exportGateway, type ExportOptions } from '../../../src/export/export-gateway.ts';
import type { Export, Exported } from '../../../src/export/exported.ts';
import { ManagementClient, pathOf } from '../../../src/gateway/management-client.ts';
import { Transport } from '../../../src/gateway/transport.ts';
import { table } from '../../../src/kinds/table.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import { documentOf } from '../../../src/model/document.ts';
import { escaped } from '../../../src/model/expression.ts';
import { managementBase } from '../../../src/model/generation.ts';
import { itemId, type Item } from '../../../src/model/item.ts';
import { markOf } from '../../../src/model/mark.ts';
import { resolvedSpec } from '../../../src/model/spec-secrets.ts';
import { Sensitive } from '../../../src/runtime/sensitive.ts';
import type { Gateway } from '../../support/gateway/emulator.ts';

const schemas = new SchemaCheck();

/** What the command makes of a gateway. */
export async function exportOf(gateway: Gateway, options: Partial<ExportOptions> = {}): Promise<Export> {
  const credentials = { by: 'basic', username: 'admin', password: new Sensitive('admin') } as const;
  const transport = new Transport({
    endpoint: { url: new URL(gateway.url), credentials, tls: {}, maxConcurrency: 8 },
  });
  try {
    const client = new ManagementClient({ generation: gateway.api }, { transport });
    const { unread, ...content } = await readContent({
      client,
      table,
      signal: AbortSignal.timeout(30_000),
    });
    expect(unread).to.deep.equal([]);
    return exportGateway(content, { namespace: 'shop', now: new Date(), ...options }, { table, schemas });
  } finally {
    await transport.close();
  }
}

/**
 * Sends the documents of an export to an empty gateway, one after the other, as the controller would. `hidden` gives what
 * nobody shows, as it stands at the gateway.
 */
export async function replay(
  { resources, keepers }: Export,
  gateway: Gateway,
  hidden: (exported: Exported, path: string) => string | undefined,
): Promise<void> {
  const ids = new Map<string, string>();
  for (const exported of resources) {
    const { row, manifest } = exported;
    const { name, namespace = '', labels = {}, annotations = {} } = manifest.metadata;
    const entries = keepers.flatMap((keeper) =>
      keeper.entries.map((entry) => ({ ...entry, of: keeper.name })),
    );
    const templated = row.wire.is === 'envelope' && row.wire.templated;
    const spec = resolvedSpec(row, manifest.spec, ({ path, source }) => {
      if (source.is === 'inline') return source.value;
      const entry = entries.find(({ of, key }) => of === source.name && key === source.key);
      if (entry?.value === undefined) return hidden(exported, path);
      return templated ? escaped(entry.value) : entry.value;
    });
    const document = documentOf(row, {
      name,
      labels,
      annotations,
      spec,
      generation: gateway.api,
      mark: markOf({ cluster: 'elsewhere', kind: row.kind, namespace, name }),
      expiresAt: (spec as { readonly expiresAt?: string }).expiresAt,
      idOf: (kind, of) => ids.get(`${kind}/${of}`),
    });
    const parent = row.identity.is === 'nested' ? row.identity.parent(spec) : undefined;
    const above = parent === undefined ? '' : pathOf(table.get(parent.kind), parent.name);
    const collection = `${above}${row.collection.path}`;
    const item = await call(gateway, 'POST', collection, document);
    if (row.identity.is === 'assigned') ids.set(`${row.kind}/${name}`, itemId(row, item) ?? '');
    const { deploymentState } = spec as { readonly deploymentState?: string };
    if (deploymentState === 'undeployed' && row.ignoresDeploymentState !== true)
      await call(gateway, 'PUT', `${collection}/${name}`, document);
  }
}

/** Does it or fails. */
export async function call(gateway: Gateway, method: string, path: string, document: unknown): Promise<Item> {
  const response = await fetch(`${gateway.url}${managementBase(gateway.api)}${path}`, {
    method,
    headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
    body: JSON.stringify(document),
  });
  const text = await response.text();
  expect(response.ok, `${method} ${path}: ${text} for ${JSON.stringify(document)}`).to.equal(true);
  return JSON.parse(text) as Item;
}
