import { apiVersionOf } from '../generation.ts';
import type { JsonObject } from '../wire/json.ts';
import { objectOf, textOf } from '../wire/json.ts';
import type { Rulebook, Violation } from './violation.ts';

/** Generation 1 takes any apiVersion, even none. */
export function checkType(document: JsonObject, kind: string, { api }: Rulebook): readonly Violation[] {
  const found: Violation[] = [];
  if (api === 'v0.9' && document.apiVersion !== apiVersionOf(api)) {
    found.push({ field: 'version', message: `Unsupported API version (must be '${apiVersionOf(api)}')` });
  }
  if (document.kind !== kind) found.push({ field: 'kind', message: `Unsupported kind (must be '${kind}')` });
  return found;
}

/** Names of most kinds: anything that can stand in a path. */
export function checkName(document: JsonObject): readonly Violation[] {
  const name = textOf(objectOf(document.metadata).name);
  if (name === '') return [{ field: 'metadata.name', message: 'Metadata name is required' }];
  if (!/[\s/}\u0000-\u001f\u007f]/.test(name)) return [];
  return [
    {
      field: 'metadata.name',
      message: "metadata.name must not contain whitespace, '/', '}', or control characters",
    },
  ];
}

/** Names of the LLM kinds: RFC 1123 subdomains. */
export function checkDnsName(document: JsonObject): readonly Violation[] {
  const name = textOf(objectOf(document.metadata).name);
  if (name === '') return [{ field: 'metadata.name', message: 'Metadata name is required' }];
  if (isSubdomain(name)) return [];
  return [
    {
      field: 'metadata.name',
      message: 'Metadata name must be a valid RFC 1123 subdomain of at most 253 characters',
    },
  ];
}

export function isSubdomain(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

export function checkLabels(document: JsonObject): readonly Violation[] {
  const field = 'metadata.labels';
  return Object.keys(objectOf(objectOf(document.metadata).labels)).flatMap((key) => {
    if (key === '') return [{ field, message: 'Label keys must not be empty.' }];
    if (!/\s/.test(key)) return [];
    const message = `Label key '${key}' contains whitespace characters. Label keys must not contain any whitespace.`;
    return [{ field, message }];
  });
}
