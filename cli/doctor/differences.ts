/** Keywords of a schema that change no verdict. */
const wordless = new Set(['description']);

/** The fields at which two schemas judge differently, as `spec.context`; a field that one of them lacks is one. */
export function differences(wanted: unknown, is: unknown, path = ''): readonly string[] {
  if (!isObject(wanted) || !isObject(is)) {
    if (Array.isArray(wanted) && Array.isArray(is))
      return JSON.stringify(wanted) === JSON.stringify(is) ? [] : [named(path)];
    return wanted === is ? [] : [named(path)];
  }
  const keys = new Set([...Object.keys(wanted), ...Object.keys(is)]);
  return [...keys]
    .filter((key) => !wordless.has(key) || isFields(path))
    .flatMap((key) => differences(wanted[key], is[key], path === '' ? key : `${path}/${key}`));
}

/** Whether the keys at a path are fields and not keywords. */
function isFields(path: string): boolean {
  return path.endsWith('/properties');
}

/** A path through a schema as people write that of a field. */
function named(path: string): string {
  return path
    .replace(/^openAPIV3Schema\/?/, '')
    .replaceAll('properties/', '')
    .replaceAll('/items', '[]')
    .replaceAll('/', '.');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
