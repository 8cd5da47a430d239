import { isTemplate } from '../model/expression.ts';
import { keep, rewritten, walk, written, type Step } from '../model/path.ts';

/** Parameters as the gateway will see them, and the places whose content nobody knows yet. */
export interface Prepared {
  readonly value: unknown;
  /** JSON pointers to texts that the gateway renders before it looks at them. */
  readonly templates: readonly string[];
  /** JSON pointers to what comes from a Secret or a ConfigMap: certainly a text. */
  readonly sourced: readonly string[];
}

/** Puts a text where one will stand that comes from a Secret or a ConfigMap, and notes where templates are. */
export function prepared(params: unknown): Prepared {
  const sourced: string[] = [];
  const templates: string[] = [];
  const value = rewritten(params, (part, steps) => {
    if (!isSourced(part)) return keep;
    sourced.push(pointer(steps));
    return '';
  });
  walk(params, (part, steps) => {
    if (isSourced(part)) return false;
    if (isTemplate(part)) templates.push(pointer(steps));
    return true;
  });
  return { value, templates, sourced };
}

/** The path of a place in the parameters, as people read it. */
export function pathIn(value: unknown, instancePath: string): string {
  const steps: Step[] = [];
  let at = value;
  for (const part of instancePath.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    steps.push(Array.isArray(at) ? Number(key) : key);
    at = (at as Record<string, unknown> | undefined)?.[key];
  }
  const text = written(steps);
  return text === '' || text.startsWith('[') ? text : `.${text}`;
}

function pointer(steps: readonly Step[]): string {
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** An object whose only key is `valueFrom` with a secretKeyRef or a configMapKeyRef, and nothing beside it. */
function isSourced(part: unknown): boolean {
  const from = only(part, ['valueFrom']);
  return only(from, ['secretKeyRef', 'configMapKeyRef']) !== undefined;
}

function only(value: unknown, names: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [entry, ...more] = Object.entries(value);
  return entry !== undefined && more.length === 0 && names.includes(entry[0]) ? entry[1] : undefined;
}
