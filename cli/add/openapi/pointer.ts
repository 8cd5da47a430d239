/** A JSON pointer (RFC 6901) as a fragment, as people write it in a $ref. */
export function pointerTo(steps: readonly (string | number)[]): string {
  return `#${steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;
}

/** Reads the pointer of a $ref, whose fragment may be percent-encoded. */
export function stepsOfPointer(pointer: string): readonly string[] {
  const text = pointer.replace(/^#/, '');
  if (text === '') return [];
  return decoded(text)
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
