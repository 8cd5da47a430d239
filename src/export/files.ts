import { stringify } from 'yaml';
import { creationOrder } from '../model/creation-order.ts';
import type { KindTable } from '../model/kind-table.ts';
import type { Exported } from './exported.ts';
import type { Keeper } from './manifest.ts';
import { inSchemaOrder } from './schema-order.ts';

export const layouts = ['kind', 'resource', 'stream'] as const;

/** A file for each kind, for each resource, or one for all. */
export type Layout = (typeof layouts)[number];

export interface File {
  /** Below the folder. */
  readonly path: string;
  readonly text: string;
}

/** Stands before all others in a folder, so that kubectl creates what the resources name first. */
export const secretsFile = '00-secrets.yaml';

/**
 * The files of a folder that `kubectl apply -R -f` applies in the order of their names, so that nothing comes before what
 * it refers to. A kind's number does not depend on what else is there.
 */
export function filesOf(resources: readonly Exported[], layout: Layout, table: KindTable): readonly File[] {
  const order = creationOrder(table);
  const files = new Map<string, string[]>();
  for (const resource of resources) {
    const { row, manifest } = resource;
    const stem = `${10 + order.indexOf(row)}-${row.plural}`;
    const { namespace, name } = manifest.metadata;
    const below = namespace === undefined ? name : `${namespace}.${name}`;
    const path = { kind: `${stem}.yaml`, resource: `${stem}/${below}.yaml`, stream: '10-resources.yaml' }[
      layout
    ];
    files.set(path, [...(files.get(path) ?? []), resourceText(resource)]);
  }
  return [...files].map(([path, texts]) => ({ path, text: texts.join('---\n') }));
}

export function resourceText({ row, manifest }: Exported): string {
  return yaml({ ...manifest, spec: inSchemaOrder(manifest.spec, row.schema) });
}

/**
 * The Secrets. A key that is to be filled in is not there at all: while it is missing nothing is sent to a gateway, and
 * whoever applies the file over a Secret that was filled in never leaves a placeholder in its place.
 */
export function secretsText(keepers: readonly Keeper[]): string {
  return keepers.map(secretText).join('---\n');
}

function secretText({ name, namespace, of, entries }: Keeper): string {
  const missing = entries.filter(({ value }) => value === undefined);
  const lines = [
    of,
    ...(missing.length === 0 ? [] : ['To be filled in below stringData, as the gateway does not show it:']),
    ...missing.map(
      ({ key, path, hint }) =>
        `  ${key}: … (spec.${path}${hint === undefined ? '' : `; the gateway tells: ${hint}`})`,
    ),
  ];
  const known = entries.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const]));
  const comment = lines.map((line) => `# ${line.replaceAll(/\s+/g, ' ').trimEnd()}\n`).join('');
  return (
    comment +
    yaml({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
      type: 'Opaque',
      stringData: Object.fromEntries(known),
    })
  );
}

function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
