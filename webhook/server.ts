import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import type { Clock } from '../src/runtime/clock.ts';
import type { Logger } from '../src/runtime/logger.ts';
import type { Answer } from '../src/runtime/metrics-page.ts';
import { isOurs, readReview, UnreadableReview, type AdmissionRequest } from './admission-review.ts';
import { refused, reviewOf, type Verdict } from './answer.ts';
import type { TlsOptions } from './tls.ts';
import type { Decision, WebhookMetrics } from './metrics.ts';

/**
 * The largest review that is read, in bytes. etcd takes objects of 1.5 MiB, as JSON at most twice that; an UPDATE
 * carries two of them, and the rest of a review stays far below 1 MiB.
 */
export const maxReviewBytes = 7 * 1024 * 1024;

/** Longer than the 90 s for which the API server's client keeps an idle connection, so that it never meets a closed one. */
const keepAliveMs = 120_000;

/** The API server gives up after 5 s by our configuration; an answer that says so is worth more than none. */
const deadlineMs = 4500;

export interface Handlers {
  validate(request: AdmissionRequest): Promise<Verdict>;
  mutate(request: AdmissionRequest): Promise<Verdict>;
}

export interface ServerDependencies {
  readonly handlers: Handlers;
  readonly logger: Logger;
  readonly metrics: WebhookMetrics;
  readonly clock: Clock;
  readonly maxInFlight: number;
  /** Once aborted, answers ask for their connections to be closed. */
  readonly draining: AbortSignal;
  /** Answers `/metrics` by the `Authorization` header; without it there is no such page here. */
  readonly metricsPage?: ((authorization: string | undefined) => Promise<Answer>) | undefined;
}

/** The two webhooks as an express application. */
export function admissionApp(dependencies: ServerDependencies): Express {
  const { draining } = dependencies;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_request, response, next) => {
    if (draining.aborted) response.set('Connection', 'close');
    next();
  });
  app.use(express.json({ limit: maxReviewBytes, type: () => true, strict: false }));
  const { inFlight } = dependencies.metrics;
  const webhook =
    (name: 'validate' | 'mutate'): RequestHandler =>
    async (request, response) => {
      const started = dependencies.clock.monotonicMs();
      inFlight.now += 1;
      try {
        const { status, body } = await answered(name, request.body, inFlight.now, dependencies);
        answer(response, status, body);
      } finally {
        inFlight.now -= 1;
        dependencies.metrics.seconds.observe(
          { webhook: name },
          (dependencies.clock.monotonicMs() - started) / 1000,
        );
      }
    };
  // What follows is a word to people (see `hint` in src/manifests/webhooks.ts); the next version may have another one.
  app.post('/validate{/*hint}', webhook('validate'));
  app.post('/mutate{/*hint}', webhook('mutate'));
  const { metricsPage } = dependencies;
  if (metricsPage !== undefined)
    app.get('/metrics', async (request, response) => {
      const {
        status,
        body,
        type = 'text/plain; charset=utf-8',
        headers,
      } = await metricsPage(request.headers.authorization);
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', ...headers }).end(body);
    });
  app.use((request, response) => {
    response.status(404).json({
      error: `there is nothing at ${request.method} ${request.path}; reviews are POSTed to /validate and /mutate`,
    });
  });
  app.use(badBody);
  return app;
}

/** As `response.json` does, without the fifth of a review's CPU time that express takes to find out what it is given. */
function answer(response: Response, status: number, body: object): void {
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  };
  response.writeHead(status, headers).end(text);
}

/** What a body ends in: an AdmissionReview wherever a uid could be read, a 4xx that says why otherwise. */
async function answered(
  name: 'validate' | 'mutate',
  body: unknown,
  inFlight: number,
  dependencies: ServerDependencies,
): Promise<{ readonly status: number; readonly body: object }> {
  let request: AdmissionRequest | undefined;
  try {
    request = readReview(body);
    if (!isOurs(body))
      return answerTo(request, { allowed: true, warnings: ['not a resource of Portcullis'] });
    const { handlers, maxInFlight } = dependencies;
    const overload = inFlight > maxInFlight;
    const verdict = overload
      ? refused(429, 'too many reviews are under way, try again')
      : await withDeadline(handlers[name](request));
    record(name, request, overload ? 'overload' : decisionOf(verdict), verdict, dependencies);
    return answerTo(request, verdict);
  } catch (error) {
    if (error instanceof UnreadableReview) {
      dependencies.metrics.review(name, '', '', 'unreadable');
      return error.uid === undefined
        ? { status: 400, body: { error: error.message } }
        : answerTo({ uid: error.uid }, refused(400, error.message));
    }
    const { kind = '', operation = '', uid = '' } = request ?? {};
    dependencies.metrics.review(name, kind, operation, 'error');
    dependencies.logger.error({ reason: 'Internal', uid, error }, 'A review failed');
    const why = 'Portcullis could not judge the object because of an internal error; its log says more';
    return answerTo({ uid }, refused(500, why));
  }
}

function answerTo({ uid }: Pick<AdmissionRequest, 'uid'>, verdict: Verdict) {
  return { status: 200, body: reviewOf(uid, verdict) };
}

function decisionOf({ allowed, warnings }: Verdict): Decision {
  if (!allowed) return 'denied';
  return warnings.length > 0 ? 'warned' : 'allowed';
}

/** Counts a decision and writes its line; that of a mutation, which decides nothing, only for debugging. */
function record(
  name: 'validate' | 'mutate',
  request: AdmissionRequest,
  decision: Decision,
  { found = [] }: Verdict,
  { logger, metrics }: ServerDependencies,
): void {
  const { kind, namespace, operation, user, uid } = request;
  metrics.review(name, kind, operation, decision);
  for (const { check, verdict } of found) metrics.violations.inc({ check, verdict });
  const line = {
    kind,
    namespace,
    name: request.name || (request.object?.metadata.name ?? ''),
    operation,
    outcome: decision,
    count: found.length,
    user: user.username,
    uid,
  };
  if (name === 'mutate') logger.debug(line, 'Mutated');
  else logger.info(line, 'Reviewed');
}

async function withDeadline(work: Promise<Verdict>): Promise<Verdict> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the review took longer than ${deadlineMs} ms`)), deadlineMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** What the body parser throws: too large, not JSON, cut off. */
const badBody: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const { status, type } = (error ?? {}) as { readonly status?: number; readonly type?: string };
  const reasons: Readonly<Record<string, string>> = {
    'entity.too.large': `the body is larger than ${maxReviewBytes} bytes`,
    'entity.parse.failed': 'the body is not JSON',
    'encoding.unsupported': 'the content encoding is not known',
    'request.size.invalid': 'the body does not have the length that it announces',
    'request.aborted': 'the body was cut off',
  };
  const known = reasons[type ?? ''];
  response.status(known === undefined ? 500 : (status ?? 400)).json({ error: known ?? 'the request failed' });
};

/** Serves the application over TLS; certificates can be swapped at any time without closing anything. */
export async function listen(
  app: Express,
  { host, port, ...tls }: TlsOptions & { readonly host: string; readonly port: number },
): Promise<Server> {
  const server = createServer({ minVersion: 'TLSv1.3', ...tls, keepAlive: true }, app);
  server.keepAliveTimeout = keepAliveMs;
  server.headersTimeout = keepAliveMs + 5000;
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
