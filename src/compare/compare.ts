import { isDeepStrictEqual } from 'node:util';
import { markAnnotation } from '../model/annotations.ts';
import { authored, type Document } from '../model/document.ts';
import type { Generation } from '../model/generation.ts';
import { partOf, type Item } from '../model/item.ts';
import type { Kind } from '../model/kind.ts';
import { isPlatformBookkeeping } from '../model/platform-operator.ts';
import { parseMark } from '../model/mark.ts';
import { placesAt } from '../model/path.ts';
import { compareValues, type Findings, type ValueContext } from './same-value.ts';

/** Where an item comes from: some lists show less than GET. */
export interface View {
  readonly generation: Generation;
  readonly from: 'get' | 'list';
}

export interface Comparison {
  /** Paths that differ, such as `spec.upstream.main.url`. Empty: as far as it can be seen, the two are equal. */
  readonly differences: readonly string[];
  /** Whether the gateway did not show everything, so that only a fingerprint can tell of the rest. */
  readonly hidden: boolean;
}

/** Compares what a gateway returned with the document that it should hold, by what was measured of its answers. */
export function compare(row: Kind, wanted: Document, item: Item, view: View): Comparison {
  return row.wire.is === 'flat' ? compareFlat(row, wanted, item) : compareEnvelope(row, wanted, item, view);
}

function compareFlat(row: Kind, wanted: Document, item: Item): Comparison {
  const fields = row.update.by === 'fields' ? row.update.fields : Object.keys(wanted);
  const findings = found(row, wanted, item, fields, () => true);
  const beyond = row.update.by === 'fields' && Object.keys(wanted).length > fields.length;
  return { ...findings, hidden: findings.hidden || beyond };
}

/** Those of some fields of a flat document that differ, as far as the gateway shows them. */
export function compareFields(
  row: Kind,
  wanted: Document,
  item: Item,
  fields: readonly string[],
): readonly string[] {
  // Some gateways show as empty what was never given.
  return found(row, wanted, item, fields, (_path, observed) => observed === '').differences;
}

function found(
  row: Kind,
  wanted: Document,
  item: Item,
  fields: readonly string[],
  isDefault: ValueContext['isDefault'],
): Findings {
  const findings: Findings = { differences: [], hidden: false };
  const context = contextOf(row, wanted, undefined, isDefault);
  for (const field of fields) compareValues(wanted[field], item[field], context, findings, [field]);
  return findings;
}

function compareEnvelope(row: Kind, wanted: Document, item: Item, view: View): Comparison {
  const findings: Findings = { differences: [], hidden: false };
  const inDescription = row.wire.is === 'envelope' && row.wire.mark === 'description';
  const name = String(partOf(wanted, 'metadata', 'name'));
  const spec = withoutUnknown(row, unmarked(wanted.spec), view.generation);
  const added = row.defaults
    .filter(({ generations }) => generations?.includes(view.generation) ?? true)
    .map((field) => ({ path: field.path, value: field.value({ spec, name }) }));
  const context = contextOf(row, spec, partOf(spec, 'version'), (path, observed) =>
    added.some(
      (field) =>
        field.path === path && (field.value === undefined || isDeepStrictEqual(field.value, observed)),
    ),
  );
  const partial = inDescription && view.from === 'list';
  compareValues(spec, unmarked(item.spec), { ...context, partial }, findings);
  findings.differences.splice(0, Infinity, ...findings.differences.map((path) => `spec.${path}`));
  if (!inDescription) compareMetadata(wanted.metadata, item.metadata, findings);
  if (stateDiffers(row, spec, item)) findings.differences.push('spec.deploymentState');
  return findings;
}

/**
 * Labels and annotations, without our mark, which is written with the next needed PUT, and without what the platform's
 * operator remembers, which goes with it.
 */
function compareMetadata(wanted: unknown, observed: unknown, findings: Findings): void {
  for (const part of ['labels', 'annotations'] as const) {
    const here = withoutTraces(partOf(wanted, part));
    const there = withoutTraces(partOf(observed, part));
    const keys = new Set([...Object.keys(here), ...Object.keys(there)]);
    for (const key of keys) {
      if (here[key] !== there[key]) findings.differences.push(metadataPath(part, key));
    }
  }
}

/** The path of a label or an annotation. */
export function metadataPath(part: 'labels' | 'annotations', key: string): string {
  return `metadata.${part}[${JSON.stringify(key)}]`;
}

/** Only `status.state` is true of a deployment; the spec repeats what was sent, also where it was ignored. */
function stateDiffers(row: Kind, spec: unknown, item: Item): boolean {
  const state = partOf(item, 'status', 'state');
  if (state === undefined || row.ignoresDeploymentState === true) return false;
  return (state === 'undeployed') !== (partOf(spec, 'deploymentState') === 'undeployed');
}

function contextOf(
  row: Kind,
  spec: unknown,
  version: unknown,
  isDefault: ValueContext['isDefault'],
): ValueContext {
  const secrets = new Set(row.secrets.flatMap((pattern) => placesAt(spec, pattern)).map(({ path }) => path));
  return { secrets, version: typeof version === 'string' ? version : undefined, partial: false, isDefault };
}

/** The spec without what this generation drops in silence: it never comes back. */
export function withoutUnknown(row: Kind, spec: unknown, generation: Generation): unknown {
  const dropped = (row.fieldsOf ?? [])
    .filter(({ generations }) => !generations.includes(generation))
    .flatMap(({ pattern }) => placesAt(spec, pattern))
    .map(({ path }) => path);
  return dropped.length === 0 ? spec : without(spec, new Set(dropped), '');
}

function without(value: unknown, paths: ReadonlySet<string>, at: string): unknown {
  if (Array.isArray(value)) return value.map((item, index) => without(item, paths, `${at}[${index}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, child]) => ({ key, child: child as unknown, path: at === '' ? key : `${at}.${key}` }))
      .filter(({ path }) => !paths.has(path))
      .map(({ key, child, path }) => [key, without(child, paths, path)]),
  );
}

/** A spec whose description is the author's alone. */
function unmarked(spec: unknown): unknown {
  const description = partOf(spec, 'description');
  if (typeof description !== 'string' || parseMark(description) === undefined) return spec;
  const { description: _, ...rest } = spec as Item;
  const own = authored(description);
  return own === undefined ? rest : { ...rest, description: own };
}

function withoutTraces(entries: unknown): Readonly<Record<string, unknown>> {
  if (typeof entries !== 'object' || entries === null) return {};
  const isTrace = (key: string) => key === markAnnotation || isPlatformBookkeeping(key);
  return Object.fromEntries(Object.entries(entries).filter(([key]) => !isTrace(key)));
}
