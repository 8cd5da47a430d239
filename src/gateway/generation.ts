import { managementBase, type Generation } from '../model/generation.ts';
import { bodyText } from './body.ts';
import { GatewayError } from './gateway-error.ts';
import type { Reply, Transport } from './transport.ts';

/** A collection that every generation has. */
const collection = '/rest-apis';

const purpose = 'tell the generation of the gateway';

/**
 * Finds out which management API answers, without credentials: the paths of its own generation are known to a
 * gateway of 0.9 only, and one of 1 answers 404 to them (measured). The second call makes sure that what answers
 * 404 is a gateway at all. Where something in between lets nobody through without credentials, whatever is asked for,
 * it is asked with them.
 */
export async function detectGeneration(transport: Transport, signal: AbortSignal): Promise<Generation> {
  const ask = (generation: Generation, { anonymous = true } = {}): Promise<Reply> =>
    transport.call(
      { method: 'GET', path: managementBase(generation) + collection, purpose, anonymous },
      signal,
    );
  const older = await ask('v0.9');
  if (isThere(older)) {
    const isGuarded = isClosed(older) && isClosed(await ask('v1'));
    if (!isGuarded) return 'v0.9';
    const signedIn = { anonymous: false };
    const isNewer = (await ask('v0.9', signedIn)).status === 404 && isThere(await ask('v1', signedIn));
    return isNewer ? 'v1' : 'v0.9';
  }
  if (older.status !== 404) throw undecided(older);
  const newer = await ask('v1');
  if (isThere(newer)) return 'v1';
  throw undecided(newer);
}

function isClosed({ status }: Reply): boolean {
  return status === 401 || status === 403;
}

/** Without credentials most answer 401. Whoever lets us in has to speak as a management API does. */
function isThere(reply: Reply): boolean {
  const { status, came } = reply;
  return isClosed(reply) || (status >= 200 && status < 300 && came === 'JSON');
}

function undecided({ status, came, retryAfterMs }: Reply): GatewayError {
  const why =
    status === 404 ? 'what answers there is not a management API' : `it answered ${status} ${bodyText(came)}`;
  return new GatewayError(`could not ${purpose} because ${why}`, {
    means: 'unavailable',
    status,
    retryAfterMs,
  });
}
