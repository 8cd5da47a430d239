import type { Json, JsonObject } from '../wire/json.ts';
import { objectOf, objectsOf, textOf } from '../wire/json.ts';
import { checkConnectTimeout } from './durations.ts';
import type { Rulebook, Violation } from './violation.ts';

/** Exactly one of `url` and `ref`; the ref is the name of an upstream definition of the same document. */
export function checkUpstream(
  upstream: JsonObject,
  definitions: Json | undefined,
  field: string,
): readonly Violation[] {
  const [url, ref] = [textOf(upstream.url).trim(), textOf(upstream.ref).trim()];
  if (url === '' && ref === '') return [{ field, message: "Must specify either 'url' or 'ref'" }];
  if (url !== '' && ref !== '') return [{ field, message: "Specify exactly one of 'url' or 'ref'" }];
  return url === '' ? checkRef(ref, definitions, `${field}.ref`) : checkUrl(url, `${field}.url`);
}

/** The upstream of Mcp and LlmProvider: generation 0.9 takes a URL only and does not look at a ref. */
export function checkServiceUpstream(spec: JsonObject, { api }: Rulebook): readonly Violation[] {
  const upstream = objectOf(spec.upstream);
  if (api === 'v1') return checkUpstream(upstream, spec.upstreamDefinitions, 'spec.upstream');
  const [url, field] = [textOf(upstream.url), 'spec.upstream.url'];
  return url === '' ? [{ field, message: 'Upstream URL is required' }] : checkUrl(url, field);
}

function checkRef(ref: string, definitions: Json | undefined, field: string): readonly Violation[] {
  if (definitions === undefined) {
    const message = `Referenced upstream definition '${ref}' not found: no upstreamDefinitions provided`;
    return [{ field, message }];
  }
  if (objectsOf(definitions).some(({ name }) => name === ref)) return [];
  return [{ field, message: `Referenced upstream definition '${ref}' not found in upstreamDefinitions` }];
}

/** What Go's url.Parse takes and has a scheme of http or https and a host. Ports are not held against 65535. */
export function checkUrl(url: string, field: string): readonly Violation[] {
  const parsed = parseUrl(url);
  if (parsed === undefined) return [{ field, message: 'Invalid URL format' }];
  if (!/^https?$/i.test(parsed.scheme)) return [{ field, message: 'URL must use http or https scheme' }];
  if (parsed.host === '') return [{ field, message: 'URL must have a valid host' }];
  return [];
}

function parseUrl(url: string): { scheme: string; host: string; path: string } | undefined {
  if (/[\u0000-\u001f\u007f]/.test(url) || /%(?![0-9a-fA-F]{2})/.test(url)) return undefined;
  const match = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)/.exec(url);
  if (match === null) return undefined;
  const authority = match[2] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (/[\s"<>\\^`{|}]|^\[[^\]]*$/.test(host) || /:[^\]:]*[^0-9\]:][^\]:]*$/.test(host)) return undefined;
  return { scheme: match[1] ?? '', host, path: match[3] ?? '' };
}

export function checkUpstreamDefinitions(value: Json | undefined, rules: Rulebook): readonly Violation[] {
  const seen = new Set<string>();
  return objectsOf(value).flatMap((definition, index) => {
    const field = `spec.upstreamDefinitions[${index}]`;
    const name = textOf(definition.name);
    const repeated = seen.has(name);
    seen.add(name);
    return [
      ...checkDefinitionName(name, repeated, `${field}.name`, rules),
      ...checkBasePath(definition.basePath, `${field}.basePath`, rules),
      ...checkTimeout(definition.timeout, `${field}.timeout.connect`, rules),
      ...checkTargets(definition.upstreams, `${field}.upstreams`, rules),
    ];
  });
}

function checkDefinitionName(
  name: string,
  repeated: boolean,
  field: string,
  { api }: Rulebook,
): readonly Violation[] {
  if (name === '') return [{ field, message: 'Upstream definition name is required' }];
  if (repeated) return [{ field, message: `Duplicate upstream definition name '${name}'` }];
  if (api === 'v1' && !/^[a-zA-Z0-9\-_]{1,100}$/.test(name)) {
    return [
      { field, message: 'Upstream definition name must be 1-100 letters, digits, hyphens or underscores' },
    ];
  }
  return [];
}

function checkBasePath(value: Json | undefined, field: string, { api }: Rulebook): readonly Violation[] {
  if (api === 'v0.9' || value === undefined) return [];
  if (/^\/[a-zA-Z0-9\-._~!$&'()*+,;=:@%/]*[^/]$/.test(textOf(value))) return [];
  return [{ field, message: 'basePath must start with / and must not end with /' }];
}

function checkTimeout(value: Json | undefined, field: string, rules: Rulebook): readonly Violation[] {
  const connect = objectOf(value).connect;
  return connect === undefined ? [] : checkConnectTimeout(textOf(connect), field, rules);
}

function checkTargets(value: Json | undefined, field: string, { api }: Rulebook): readonly Violation[] {
  const targets = objectsOf(value);
  if (targets.length === 0) return [{ field, message: 'At least one upstream target is required' }];
  return targets.flatMap((target, index) => {
    const url = textOf(target.url);
    const found = [...checkUrl(url, `${field}[${index}].url`)];
    const path = parseUrl(url)?.path ?? '';
    if (api === 'v1' && path !== '' && path !== '/') {
      found.push({ field: `${field}[${index}].url`, message: 'URL must not have a path; use basePath' });
    }
    const weight = target.weight;
    if (typeof weight === 'number' && (weight < 0 || weight > 100)) {
      found.push({ field: `${field}[${index}].weight`, message: 'Weight must be between 0 and 100' });
    }
    return found;
  });
}
