/** A policy that a gateway has loaded: what is kept of a dump, and nothing else of it. */
export interface PolicyDefinition {
  readonly name: string;
  /** Full, such as `v1.0.3` or `v1.0`; resources name the major alone. */
  readonly version: string;
  /** The JSON Schema of the parameters, as it came: from a gateway, so not to be trusted. */
  readonly parameters: unknown;
}

/** The 1.1.0 gateway has 41; nobody is known to have more than a few of their own. */
const most = 2000;

/** The definitions in a dump or in what was kept of one, by name and newest first; anything else is dropped unread. */
export function definitionsIn(document: unknown): readonly PolicyDefinition[] | undefined {
  const policies = isRecord(document) ? document.policies : undefined;
  if (!Array.isArray(policies)) return undefined;
  return policies.slice(0, most).flatMap(definition).sort(inOrder);
}

/** `v1` of `v1.0.3`; undefined where there is none to be seen. */
export function majorOf(version: string): string | undefined {
  const major = /^v?(\d+)(\.|$)/.exec(version)?.[1];
  return major === undefined ? undefined : `v${major}`;
}

function definition(value: unknown): readonly PolicyDefinition[] {
  if (!isRecord(value)) return [];
  const { name, version, parameters } = value;
  if (!isWord(name) || !isWord(version)) return [];
  return [{ name, version, parameters: parameters ?? {} }];
}

/** Names and versions are shown to people, so they are short and in one line. */
function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.+-]{1,253}$/.test(value);
}

function inOrder(one: PolicyDefinition, other: PolicyDefinition): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  return other.version.localeCompare(one.version, 'en', { numeric: true });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
