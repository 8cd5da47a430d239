import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { reviewGroup, reviewPolicyKind } from '../../src/kinds/review-policy.ts';
import { configMapType, namespaceType, secretType } from '../../src/kube/core-types.ts';
import type { Holder } from '../../src/kube/holder.ts';
import { group } from '../../src/model/generation.ts';
import type { Kind } from '../../src/model/kind.ts';
import type { KindTable } from '../../src/model/kind-table.ts';
import { didYouMean } from '../../src/model/nearest.ts';
import { withoutNulls } from '../../src/model/nulls.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { TSchema } from '../../src/model/schema.ts';
import type { Json, ManifestDocument } from '../manifests/documents.ts';
import type { Trouble } from '../manifests/read-files.ts';
import type { NamespaceObject } from './surroundings.ts';

export interface Found<Of = Resource> {
  readonly document: ManifestDocument;
  readonly object: Of;
}

export interface FoundResource extends Found {
  readonly row: Kind;
}

/** The documents by what they are to us. */
export interface Sorted {
  readonly resources: readonly FoundResource[];
  readonly gateways: readonly Found[];
  readonly policies: readonly Found<Json>[];
  readonly namespaces: readonly NamespaceObject[];
  /** Secrets and ConfigMaps of Kubernetes' own. */
  readonly holders: readonly Holder[];
  readonly troubles: readonly Trouble[];
  /** How many are somebody else's. */
  readonly skipped: number;
}

/** The versions of the group that the API server serves. */
const versions = ['v1', 'v1alpha1'];

/** `namespace` is for documents that name none. */
export function sorted(documents: readonly ManifestDocument[], namespace: string, table: KindTable): Sorted {
  const resources: FoundResource[] = [];
  const gateways: Found[] = [];
  const policies: Found<Json>[] = [];
  const namespaces: NamespaceObject[] = [];
  const holders: Holder[] = [];
  const troubles: Trouble[] = [];
  let skipped = 0;
  const trouble = (document: ManifestDocument, field: string, message: string) =>
    troubles.push({ file: document.file, ...document.at([field]), message });
  for (const document of documents) {
    const { apiVersion, kind } = document.value;
    const [ofGroup = '', version] = typeof apiVersion === 'string' ? apiVersion.split('/') : [];
    if (ofGroup === group) {
      const row = typeof kind === 'string' ? table.find(kind) : undefined;
      const { schema } = row ?? gatewayKind;
      const object = asStored(asResource(document.value, namespace), schema);
      if (row !== undefined) resources.push({ document, row, object });
      else if (kind === gatewayKind.kind) gateways.push({ document, object });
      else trouble(document, 'kind', unknownKind(kind, table));
      if (version !== undefined && !versions.includes(version))
        trouble(
          document,
          'apiVersion',
          `${group} has no version ${version}; there is ${versions.join(', ')}`,
        );
    } else if (ofGroup === reviewGroup && kind === reviewPolicyKind.kind)
      policies.push({ document, object: document.value });
    else if (apiVersion === 'v1' && kind === namespaceType.kind)
      namespaces.push(document.value as unknown as NamespaceObject);
    else if (apiVersion === 'v1' && (kind === secretType.kind || kind === configMapType.kind))
      holders.push(asResource(document.value, namespace) as unknown as Holder);
    else skipped += 1;
  }
  return { resources, gateways, policies, namespaces, holders, troubles, skipped };
}

function unknownKind(kind: unknown, table: KindTable): string {
  const kinds = [...table.rows.map((row) => row.kind), gatewayKind.kind];
  const instead = didYouMean(kind, kinds) ?? `there is ${kinds.join(', ')}`;
  return typeof kind === 'string' ? `${group} has no kind ${kind}; ${instead}` : `has no kind; ${instead}`;
}

function asStored(resource: Resource, schema: TSchema): Resource {
  if (resource.spec === null) return { ...resource, spec: undefined };
  return { ...resource, spec: withoutNulls(schema, resource.spec) };
}

/** What everything else relies on is there, whatever the file says. */
function asResource(value: Json, namespace: string): Resource {
  const given = value.metadata;
  const metadata =
    typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Json) : {};
  return {
    ...value,
    kind: String(value.kind),
    metadata: {
      ...metadata,
      name: textOf(metadata.name) || textOf(metadata.generateName),
      namespace: textOf(metadata.namespace) || namespace,
      ...textsOf('labels', metadata.labels),
      ...textsOf('annotations', metadata.annotations),
    },
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(field: string, value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { [field]: {} };
  return {
    [field]: Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === 'string')),
  };
}
