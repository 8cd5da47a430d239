import type { Json, JsonObject } from '../wire/json.ts';
import { isObject, objectsOf, textOf } from '../wire/json.ts';
import type { Violation } from './violation.ts';

const locations = ['payload', 'header', 'queryParam', 'pathParam'];
const segment = String.raw`(?:[A-Za-z0-9._~-]+|\*|\{[A-Za-z0-9._~-]+\})`;
const resourcePath = new RegExp(`^/${segment}(?:/${segment})*$`);

/** The spec of an LlmProviderTemplate: where to find token counts and models in messages. */
export function checkTemplate(spec: JsonObject, identifiers: readonly string[]): readonly Violation[] {
  return [
    ...checkTemplateName(textOf(spec.displayName)),
    ...identifiers.flatMap((name) => checkIdentifier(spec[name], `spec.${name}`)),
    ...checkMappings(spec.resourceMappings, identifiers),
  ];
}

function checkTemplateName(name: string): readonly Violation[] {
  const field = 'spec.displayName';
  if (name === '') return [{ field, message: 'spec.displayName is required' }];
  return name.length > 253 ? [{ field, message: 'spec.displayName must be 1-253 characters' }] : [];
}

function checkIdentifier(value: Json | undefined, field: string): readonly Violation[] {
  if (!isObject(value)) return [];
  const found: Violation[] = [];
  if (!locations.includes(textOf(value.location))) {
    const list = locations.map((location) => `'${location}'`).join(' or ');
    found.push({ field: `${field}.location`, message: `Location must be ${list}` });
  }
  if (textOf(value.identifier) === '')
    found.push({ field: `${field}.identifier`, message: 'Identifier is required' });
  return found;
}

function checkMappings(value: Json | undefined, identifiers: readonly string[]): readonly Violation[] {
  if (!isObject(value) || value.resources === undefined) return [];
  const field = 'spec.resourceMappings.resources';
  const resources = objectsOf(value.resources);
  if (resources.length === 0) return [{ field, message: 'At least one resource is required' }];
  return resources.flatMap((resource, index) => [
    ...checkResource(textOf(resource.resource), `${field}[${index}].resource`),
    ...identifiers.flatMap((name) => checkIdentifier(resource[name], `${field}[${index}].${name}`)),
  ]);
}

function checkResource(path: string, field: string): readonly Violation[] {
  if (path === '') return [{ field, message: 'Resource is required' }];
  return resourcePath.test(path)
    ? []
    : [{ field, message: 'Resource must be an absolute path without spaces' }];
}
