import { createHash } from 'node:crypto';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Admit, Answer } from '../runtime/metrics-page.ts';
import type { KubeClient } from './client.ts';

/** How long an answer holds, in milliseconds; as long as with Kubernetes' own components. */
const holdMs = 10_000;
/** Answers kept at most; the oldest go first. */
const maxAnswers = 1000;
/** Tokens that are asked about at once: whoever makes them up does not get to the API server through us. */
const maxAsking = 10;

const path = '/metrics';

export interface AccessDependencies {
  readonly client: Pick<KubeClient, 'tokenReview' | 'subjectAccessReview'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const unknown: Answer = {
  status: 401,
  body: 'a bearer token of this cluster is needed\n',
  headers: { 'www-authenticate': 'Bearer' },
};
const forbidden: Answer = { status: 403, body: `this account may not get ${path}\n` };
const unavailable: Answer = { status: 503, body: 'the API server could not be asked who this is\n' };

/**
 * Asks the API server whose token it is and whether he may `get` the path `/metrics`, as Kubernetes' own components do.
 * What can't be found out is refused. A token is remembered by its digest, for seconds.
 */
export function reviewedAccess({ client, clock, logger }: AccessDependencies): Admit {
  const kept = new Map<string, { readonly answer: Promise<Answer | undefined>; readonly until: number }>();
  let asking = 0;

  const review = async (token: string): Promise<Answer | undefined> => {
    const who = await client.tokenReview(token);
    if (!who.authenticated) return unknown;
    const { user, uid, groups, extra } = who;
    const { allowed } = await client.subjectAccessReview({
      user,
      groups,
      ...(uid === undefined ? {} : { uid }),
      ...(extra === undefined ? {} : { extra }),
      nonResourceAttributes: { path, verb: 'get' },
    });
    return allowed ? undefined : forbidden;
  };
  const ask = async (key: string, token: string): Promise<Answer | undefined> => {
    if (asking >= maxAsking) {
      kept.delete(key);
      return unavailable;
    }
    asking += 1;
    try {
      return await review(token);
    } catch (error) {
      kept.delete(key);
      logger.warn({ path, error }, 'Could not ask who may see the metrics');
      return unavailable;
    } finally {
      asking -= 1;
    }
  };

  return async (authorization) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return unknown;
    const key = createHash('sha256').update(token).digest('base64');
    const known = kept.get(key);
    if (known !== undefined && known.until > clock.monotonicMs()) return await known.answer;
    kept.delete(key);
    const [oldest] = kept.keys();
    if (kept.size >= maxAnswers && oldest !== undefined) kept.delete(oldest);
    const answer = Promise.resolve().then(() => ask(key, token));
    kept.set(key, { answer, until: clock.monotonicMs() + holdMs });
    return await answer;
  };
}
