/** Something that would outlive Portcullis is left. The message says what, and what to do about it. */
export class UninstallError extends Error {
  override readonly name = 'UninstallError';
  readonly means = 'incomplete';
}
