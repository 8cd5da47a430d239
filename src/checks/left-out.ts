import { keep, rewritten, written } from '../model/path.ts';
import type { Resource } from '../model/resource.ts';
import type { Finding, FoundKey } from './input.ts';

/** The keys that a spec names, that may be absent and that are: the gateway will be sent a document without them. */
export function leftOut(keys: readonly FoundKey[]): readonly FoundKey[] {
  return keys.filter(({ allowed, optional, value }) => allowed && optional && value === undefined);
}

/** The object as it will be sent: without what is left out. The same object where that is nothing. */
export function asSent(object: Resource, absent: readonly FoundKey[]): Resource {
  if (absent.length === 0) return object;
  const paths = new Set(absent.map(({ path }) => path));
  const spec = rewritten(object.spec, (_, steps) => (paths.has(written(steps)) ? undefined : keep));
  return { ...object, spec: JSON.parse(JSON.stringify(spec)) as unknown };
}

/** Where a fault is that of something left out, says so: the author did write the field. */
export function explained<Of extends Finding>(
  finding: Of,
  absent: readonly FoundKey[],
  enforcement: 'Deny' | 'Warn',
): Of {
  const found = absent.find(({ path }) => finding.path === `spec.${path}`);
  if (found === undefined) return finding;
  const { key, from, name } = found;
  return {
    ...finding,
    remedy: `key ${key} of ${from} ${name} may be absent and is: create it, or do without optional`,
    verdict: enforcement === 'Warn' ? 'warn' : finding.verdict,
  };
}
