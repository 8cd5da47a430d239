import type { ResourceType } from './resource.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The path of a collection, or of one object in it, on the API server. */
export function resourcePath(
  type: ResourceType,
  namespace: string | undefined,
  name?: string,
  subresource?: string,
): string {
  const { group, version, plural, namespaced } = type;
  const parts = group === '' ? ['api', version] : ['apis', group, version];
  if (namespaced && namespace !== undefined) parts.push('namespaces', namespace);
  parts.push(plural);
  if (name !== undefined) parts.push(name);
  if (subresource !== undefined) parts.push(subresource);
  return `/${parts.map(encodeURIComponent).join('/')}`;
}

/** `?a=1&b=2`, without what is undefined; empty when nothing is left. */
export function queryText(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

/** The object as a person would name it: `<kind> shop/books`. */
export function titleOf(type: ResourceType, namespace: string | undefined, name?: string): string {
  if (name === undefined) return namespace === undefined ? type.plural : `${type.plural} in ${namespace}`;
  return `${type.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
