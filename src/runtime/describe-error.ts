/** An error as it stands in a log line. */
export interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly means?: string;
  readonly stack?: string;
}

/**
 * The message with those of its causes. Only an error that nobody foresaw brings its stack along: one that has
 * `means` says already what there is to know.
 */
export function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { name: typeof error, message: String(error) };
  const means = 'means' in error && typeof error.means === 'string' ? { means: error.means } : undefined;
  const stack = means || error.stack === undefined ? undefined : { stack: error.stack };
  return { name: error.name, message: errorText(error), ...means, ...stack };
}

/** One line that tells a person what happened: the message and the messages of its causes, each said once. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const messages = [error.message || error.name];
  const seen = new Set<unknown>([error]);
  for (let cause = error.cause; cause instanceof Error && !seen.has(cause); cause = cause.cause) {
    seen.add(cause);
    const { message } = cause;
    if (!messages.some((said) => said.includes(message))) messages.push(message);
  }
  return messages.join(': ');
}
