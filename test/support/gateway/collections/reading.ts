import type { EnvelopeKind } from '../kinds/kind.ts';
import { Refused } from '../kinds/refusals.ts';
import { render } from '../template/render.ts';
import { parseEnvelope } from '../wire/body.ts';
import type { JsonObject } from '../wire/json.ts';
import { objectOf, textOf } from '../wire/json.ts';
import { problem } from '../wire/reply.ts';
import type { Request } from '../wire/request.ts';
import type { Context } from './context.ts';

/** A document that was sent, decoded, with its expressions as they are. */
export interface Sent {
  readonly document: JsonObject;
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
  readonly handle: string;
}

export function readDocument(request: Request, kind: EnvelopeKind, { api }: Context): Sent {
  try {
    const document = parseEnvelope(request.body, request.contentType, kind.shape(api));
    const metadata = objectOf(document.metadata);
    return { document, metadata, spec: objectOf(document.spec), handle: textOf(metadata.name) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Refused(problem(400, `${kind.says.unreadable}: ${error.message}`));
  }
}

/** The spec with its expressions evaluated. What they complain of is the whole answer. */
export function rendered(spec: JsonObject, { surroundings }: Context): JsonObject {
  try {
    return render(spec, surroundings);
  } catch (error) {
    throw new Refused(problem(400, (error as Error).message));
  }
}
