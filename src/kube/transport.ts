import type { KubeConfig } from '@kubernetes/client-node';
import { type Dispatcher, request as send } from 'undici';
import { backoffMs } from '../runtime/backoff.ts';
import { systemClock } from '../runtime/clock.ts';
import { Deadline } from '../runtime/deadline.ts';
import { whileItLasts } from '../runtime/last-moment.ts';
import type { Tenure } from '../runtime/tenure.ts';
import { connectionsOf } from './connection.ts';
import type { KubeError } from './kube-error.ts';
import { abortedBy, answeredWith, isKubeError, notAnswered, type StatusBody } from './kube-error.ts';

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** The request is sent while it lasts, and called off when it ends. */
  readonly tenure?: Tenure;
}

export interface LineRequest {
  readonly path: string;
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/** How one call of the API server was answered, for those who count. */
export interface ApiAnswer {
  readonly method: string;
  /** As in the URL, with its port where it is not the usual one. */
  readonly host: string;
  /** Undefined where there was no answer. */
  readonly status: number | undefined;
}

/** HTTP to the API server. `action` completes "could not …" in the message of a failure. */
export interface Transport {
  request(action: string, request: KubeRequest): Promise<unknown>;
  /** The lines of an answer that goes on. Ends when the server ends it or falls silent; throws when it breaks. */
  lines(action: string, request: LineRequest): AsyncGenerator<string>;
}

interface Opening extends Omit<Dispatcher.RequestOptions, 'headers'> {
  readonly contentType?: string;
  readonly tenure?: Tenure | undefined;
  /** Whether the answer goes on and on. */
  readonly isWatch?: boolean;
}

/** How long a call may take unless its caller knows better. The API server itself gives up after 60 s. */
const defaultTimeoutMs = 30_000;

const maxTries = 3;
const retry = { baseMs: 100, capMs: 2000 };

export function createTransport(
  kubeConfig: KubeConfig,
  answered: (answer: ApiAnswer) => void = () => undefined,
): Transport {
  const connection = connectionsOf(kubeConfig);

  const open = async (request: Opening) => {
    const { origin, prefix, headers, dispatcher: usual, watching } = await connection();
    const { path, contentType, tenure, isWatch = false, ...options } = request;
    const dispatcher = isWatch ? watching : usual;
    const type = contentType === undefined ? {} : { 'content-type': contentType };
    const all = { accept: 'application/json', 'user-agent': 'portcullis', ...headers, ...type };
    const asking = tenure === undefined ? dispatcher : whileItLasts(dispatcher, tenure);
    const { method, signal } = options;
    const tell = (status: number | undefined) => answered({ method, host: new URL(origin).host, status });
    try {
      const answer = await send(`${origin}${prefix}${path}`, {
        ...options,
        dispatcher: asking,
        headers: all,
      });
      tell(answer.statusCode);
      return answer;
    } catch (error) {
      // What its caller called off is nobody's failure.
      if (!isAborted(signal)) tell(undefined);
      throw error;
    }
  };

  const once = async (action: string, request: KubeRequest, signal: AbortSignal): Promise<unknown> => {
    const { method, path, body, contentType = 'application/json', tenure } = request;
    const content = body === undefined ? {} : { body: JSON.stringify(body), contentType };
    const answer = await open({ method, path, signal, tenure, ...content });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw refusal(action, answer, text);
    return JSON.parse(text) as unknown;
  };

  return {
    async request(action, request) {
      const callers = [request.signal, request.tenure?.signal].filter((one) => one !== undefined);
      using deadline = new Deadline(request.timeoutMs ?? defaultTimeoutMs, callers);
      const { signal } = deadline;
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(action, request, signal);
        } catch (error) {
          const failure = explain(action, error, deadline.caller);
          if (attempt === maxTries || !isWorthAnotherTry(request, failure)) throw failure;
          await systemClock.sleep(failure.retryAfterMs ?? backoffMs(attempt, retry), signal);
          if (signal.aborted)
            throw deadline.caller === undefined ? failure : abortedBy(action, deadline.caller);
        }
      }
    },

    async *lines(action, { path, idleMs, signal }) {
      try {
        const answer = await open({
          method: 'GET',
          path,
          signal,
          bodyTimeout: idleMs,
          headersTimeout: defaultTimeoutMs,
          isWatch: true,
        });
        if (answer.statusCode >= 300) throw refusal(action, answer, await answer.body.text());
        yield* linesOf(answer.body.setEncoding('utf8') as AsyncIterable<string>);
      } catch (error) {
        if (!isSilence(error)) throw explain(action, error, signal);
      }
    },
  };
}

function isAborted(signal: unknown): boolean {
  return signal instanceof AbortSignal && signal.aborted;
}

/** Text as it comes, cut at the line breaks. What follows the last break is not a line: the connection broke there. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  // Kept in pieces: joining at every chunk would be quadratic for an object of many chunks.
  let pieces: string[] = [];
  for await (const chunk of chunks) {
    const [first = '', ...others] = chunk.split('\n');
    pieces.push(first);
    for (const other of others) {
      const line = pieces.join('');
      if (line !== '') yield line;
      pieces = [other];
    }
  }
}

/** A 429 says that nothing was done; a read may be repeated whatever became of it. A timeout is the end. */
function isWorthAnotherTry({ method }: KubeRequest, failure: KubeError): boolean {
  if (failure.status === 429) return true;
  return (
    method === 'GET' &&
    failure.status === 0 &&
    failure.means === 'unavailable' &&
    failure.reason !== 'TimeoutError'
  );
}

function isSilence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'UND_ERR_BODY_TIMEOUT';
}

/** @param caller who may have called it off */
function explain(action: string, error: unknown, caller: AbortSignal | undefined): KubeError {
  if (isKubeError(error)) return error;
  return caller?.aborted === true ? abortedBy(action, caller) : notAnswered(action, error);
}

function refusal(action: string, answer: Dispatcher.ResponseData, text: string): KubeError {
  const seconds = Number(answer.headers['retry-after'] ?? Number.NaN);
  return answeredWith(
    action,
    answer.statusCode,
    statusOf(text),
    Number.isFinite(seconds) ? seconds * 1000 : undefined,
  );
}

/** What is not a `Status` comes from a proxy, or from the API server before it knows the path: a line of plain text. */
function statusOf(text: string): StatusBody {
  try {
    const body = JSON.parse(text) as unknown;
    if (typeof body === 'object' && body !== null) return body;
  } catch {
    // Said below.
  }
  return { message: text.trim().split('\n')[0]?.slice(0, 200) ?? '' };
}
