import { didYouMean } from '../model/nearest.ts';
import type { TSchema } from '../model/schema.ts';
import { stepsOf, valueAt } from '../model/path.ts';
import { longestSubdomain, subdomain } from '../model/subdomain.ts';
import { misfitsOf } from '../model/misfits.ts';
import type { Violation } from '../model/violation.ts';

type Json = Readonly<Record<string, unknown>>;

/** Of metav1.ObjectMeta; whatever else stands in metadata is unknown. */
const metadataFields = [
  'name',
  'generateName',
  'namespace',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
];

const topFields = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

/** What Kubernetes makes of RFC 1123 for namespaces and labels. */
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const word = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** All annotations of an object together, in bytes. Source: `TotalAnnotationSizeLimitB` of apimachinery. */
const maxAnnotations = 256 * 1024;

/**
 * What the API server refuses of an object before it asks any webhook, in our words: names, labels, annotations, and
 * fields that nobody knows. Types of fields are the schema's, and told by its check.
 */
export function apiServerFaults(object: Json, schema: TSchema, isNamespaced = true): readonly Violation[] {
  const { metadata } = object;
  const known = unknown(object, schema);
  if (!isObject(metadata)) return [...known, { path: 'metadata.name', fault: 'is required' }];
  return [
    ...known,
    ...nameFaults(metadata, isNamespaced),
    ...labelFaults(metadata.labels),
    ...annotationFaults(metadata.annotations),
  ];
}

function unknown(object: Json, schema: TSchema): readonly Violation[] {
  const strange = (fields: Json, known: readonly string[], prefix: string) =>
    Object.keys(fields)
      .filter((field) => !known.includes(field))
      .map((field) => fieldFault(prefix + field, didYouMean(field, known)));
  const misfits = misfitsOf(schema, object.spec ?? undefined);
  return [
    ...strange(object, topFields, ''),
    ...(isObject(object.metadata) ? strange(object.metadata, metadataFields, 'metadata.') : []),
    ...misfits.unknown.map((path) => fieldFault(path, meant(path, schema))),
    ...misfits.large.map((path) => ({ path, fault: 'must be an integer of 64 bits' })),
  ];
}

function fieldFault(path: string, remedy: string | undefined): Violation {
  const fault = 'is a field that the kind does not have, and would be dropped';
  return { path, fault, remedy: remedy ?? 'remove it' };
}

/** The field beside an unknown one that was probably meant. */
function meant(path: string, schema: TSchema): string | undefined {
  const steps = stepsOf(path).slice(1);
  const around = steps
    .slice(0, -1)
    .flatMap((step) => (typeof step === 'number' ? ['items'] : ['properties', step]));
  return didYouMean(steps.at(-1), Object.keys(valueAt(schema, [...around, 'properties']) ?? {}));
}

function nameFaults(metadata: Json, isNamespaced: boolean): readonly Violation[] {
  const { name, generateName, namespace } = metadata;
  const faults: Violation[] = [];
  if (name === undefined || name === '') {
    if (typeof generateName !== 'string' || generateName === '')
      faults.push({ path: 'metadata.name', fault: 'is required' });
  } else if (typeof name !== 'string' || name.length > longestSubdomain || !subdomain.test(name))
    faults.push({
      path: 'metadata.name',
      fault: 'must be lower case letters, digits, - and . that begin and end with a letter or digit',
      value: name,
    });
  if (isNamespaced && namespace !== undefined && namespace !== '' && !isLabel(namespace))
    faults.push({
      path: 'metadata.namespace',
      fault: 'must be lower case letters, digits and - that begin and end with a letter or digit',
      value: namespace,
    });
  return faults;
}

function isLabel(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 63 && label.test(value);
}

function labelFaults(labels: unknown): readonly Violation[] {
  if (labels === undefined || labels === null) return [];
  if (!isObject(labels)) return [{ path: 'metadata.labels', fault: 'must be texts by their names' }];
  return Object.entries(labels).flatMap(([key, value]): readonly Violation[] => {
    const path = `metadata.labels[${JSON.stringify(key)}]`;
    if (!isQualified(key)) return [{ path, fault: 'is no name for a label' }];
    if (typeof value !== 'string')
      return [{ path, fault: 'must be a text', value, remedy: 'put it in quotes' }];
    if (value === '' || (value.length <= 63 && word.test(value))) return [];
    return [
      {
        path,
        fault: 'must be at most 63 letters, digits, -, _ and . that begin and end with a letter or digit',
        value,
      },
    ];
  });
}

function annotationFaults(annotations: unknown): readonly Violation[] {
  if (annotations === undefined || annotations === null) return [];
  if (!isObject(annotations))
    return [{ path: 'metadata.annotations', fault: 'must be texts by their names' }];
  const size = Object.entries(annotations).reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0);
  const large: Violation[] =
    size > maxAnnotations
      ? [{ path: 'metadata.annotations', fault: 'must have at most 256 KiB in all' }]
      : [];
  return Object.entries(annotations).reduce<Violation[]>((faults, [key, value]) => {
    const path = `metadata.annotations[${JSON.stringify(key)}]`;
    if (!isQualified(key.toLowerCase())) faults.push({ path, fault: 'is no name for an annotation' });
    else if (typeof value !== 'string')
      faults.push({ path, fault: 'must be a text', remedy: 'put it in quotes' });
    return faults;
  }, large);
}

/** A name, and in front of it perhaps a domain and a slash. */
function isQualified(key: string): boolean {
  const parts = key.split('/');
  const name = parts.pop() ?? '';
  if (name.length > 63 || !word.test(name) || parts.length > 1) return false;
  return parts.every((domain) => domain.length <= longestSubdomain && subdomain.test(domain));
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
