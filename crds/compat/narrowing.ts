/** Something that was accepted or kept before, and is not any more. */
export interface Narrowing {
  /** A JSON pointer (RFC 6901) into the CRD: where it is, or was. */
  readonly pointer: string;
  readonly says: string;
}

/** The pointer to something inside of what another one points at. */
export function inside(pointer: string, ...steps: readonly (string | number)[]): string {
  return [pointer, ...steps.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1'))].join(
    '/',
  );
}
