import { Refused } from '../kinds/refusals.ts';
import { parseFlatBody } from '../wire/body.ts';
import type { JsonObject } from '../wire/json.ts';
import { problem } from '../wire/reply.ts';
import type { Request } from '../wire/request.ts';
import type { ObjectShape } from '../wire/shape.ts';
import { decode } from '../wire/shape.ts';
import type { Context } from './context.ts';

/** Reads the body of an API key, a plan or a subscription: no envelope, no templates. */
export function readFlat(request: Request, shape: ObjectShape, { api }: Context): JsonObject {
  try {
    const parsed = parseFlatBody(request.body, request.contentType, api === 'v1' ? 'whole' : 'stream');
    const body = decode(parsed, shape);
    refuseBadTimes(body);
    return body;
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new Refused(problem(400, `Invalid request body: ${error.message}`));
    throw error;
  }
}

/** Times are decoded with everything else, so a text that is none is a body that can't be read. */
function refuseBadTimes(body: JsonObject): void {
  for (const name of ['expiresAt', 'expiryTime']) {
    const value = body[name];
    if (typeof value === 'string' && !isTime(value)) {
      throw new SyntaxError(`parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00"`);
    }
  }
}

function isTime(value: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}
