import type { Violation } from '../rules/violation.ts';
import { numbered } from '../rules/violation.ts';
import type { Json } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import { json, problem } from '../wire/reply.ts';

/** Thrown to answer a request with what is wrong with it. */
export class Refused extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(reply.body);
    this.reply = reply;
  }
}

/** The only kind with a list of errors in its answer is RestApi. */
export function refuseWithList(violations: readonly Violation[]): Reply {
  const errors: Json = violations.map(({ field, message }) => ({ field, message }));
  return json(400, { errors, message: 'Configuration validation failed', status: 'error' });
}

export function refuseNumbered(prefix: string): (violations: readonly Violation[]) => Reply {
  return (violations) => problem(400, `${prefix} ${numbered(violations)}`);
}

/** How the gateway answers much that the caller did wrong. */
export function internalError(): Refused {
  return new Refused(problem(500, 'internal server error'));
}
