import type { Endpoint } from '../../src/gateway/endpoint.ts';
import { GatewayError } from '../../src/gateway/gateway-error.ts';
import { Transport, type Call, type OpenReply } from '../../src/gateway/transport.ts';
import { adminBase, type Generation } from '../../src/model/generation.ts';
import { readDump, type DumpContent } from './dump.ts';

/** What came of asking. A message completes "it …" or stands alone, and repeats nothing of an answer. */
export type Answer<T> =
  | { readonly is: 'read'; readonly value: T }
  /** The path is not there: the newest gateways have the dump switched off by default. */
  | { readonly is: 'off' }
  | Trouble;

export interface Trouble {
  readonly is: 'failed';
  /** `Unreachable`: there was no answer. `NotRead`: there was one of which nothing could be made. */
  readonly reason: 'Unreachable' | 'Forbidden' | 'NotRead';
  readonly message: string;
}

export interface AdminPortOptions {
  readonly url: URL;
  readonly generation: Generation;
  /** Whose credentials and TLS generation 1 asks for here too. */
  readonly management: Endpoint;
  /** The largest dump that is read. With some 4 kB for each API, the default has room for 60 000. */
  readonly maxDumpBytes?: number;
}

/** A dump of 5 000 APIs takes a gateway some seconds while it is busy. */
const timeoutMs = 30_000;

const purpose = 'read what the gateway has loaded';

/** The admin port of a gateway: what Envoy has been told, which policies there are. */
export class AdminPort {
  readonly #base: string;
  readonly #transport: Transport;
  #asksForCredentials = false;
  #isOpen = false;

  constructor({ url, generation, management, maxDumpBytes = 256 * 1024 * 1024 }: AdminPortOptions) {
    this.#base = adminBase(generation);
    this.#transport = new Transport({
      endpoint: { ...management, url, maxConcurrency: 1 },
      readTimeoutMs: timeoutMs,
      maxResponseBytes: maxDumpBytes,
    });
  }

  /** Whether it has given the dump, in which secrets stand in clear, to somebody without credentials. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Counts what Envoy was told since the gateway started; any other value than before is news. */
  async version(signal: AbortSignal): Promise<Answer<string>> {
    return await this.#ask('/xds_sync_status', signal, async ({ body }) => {
      const status = (await smallJson(body)) as { readonly policy_chain_version?: unknown } | undefined;
      const version = status?.policy_chain_version;
      return typeof version === 'string' || typeof version === 'number' ? String(version) : undefined;
    });
  }

  async dump(signal: AbortSignal): Promise<Answer<DumpContent>> {
    const dump = await this.#ask('/config_dump', signal, ({ body }) => readDump(body));
    this.#isOpen = dump.is === 'read' && !this.#asksForCredentials;
    return dump;
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  /** First without credentials: whether it goes without is worth knowing, and what is not sent can't be stolen. */
  async #ask<T>(path: string, signal: AbortSignal, read: Read<T>): Promise<Answer<T>> {
    const call: Call = { method: 'GET', path: this.#base + path, purpose };
    const reply = { hasBegun: false };
    const ask = (anonymous: boolean) =>
      this.#transport.stream({ ...call, anonymous }, signal, async (opened) => {
        reply.hasBegun = true;
        return await answered(opened, read);
      });
    try {
      if (!this.#asksForCredentials) {
        const answer = await ask(true);
        if (answer.is !== 'failed' || answer.reason !== 'Forbidden') return answer;
      }
      const answer = await ask(false);
      // Who refuses them as well may refuse us for another reason, such as our address.
      this.#asksForCredentials = answer.is !== 'failed' || answer.reason !== 'Forbidden';
      return answer;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return { is: 'failed', reason: reply.hasBegun ? 'NotRead' : 'Unreachable', message: error.message };
    }
  }
}

/** Makes something of an answer of 200; undefined where it is not what was asked for. */
type Read<T> = (reply: OpenReply) => Promise<T | undefined>;

async function answered<T>(reply: OpenReply, read: Read<T>): Promise<Answer<T>> {
  const { status } = reply;
  if (status === 404) return { is: 'off' };
  const value = status === 200 ? await read(reply) : undefined;
  if (value !== undefined) return { is: 'read', value };
  const why = status === 200 ? 'the answer is something else' : `the answer is ${status}`;
  const reason = status === 401 || status === 403 ? 'Forbidden' : 'NotRead';
  return { is: 'failed', reason, message: `could not ${purpose} because ${why}` };
}

/** The status has 107 bytes. */
const maxStatusBytes = 10_000;

async function smallJson(body: AsyncIterable<Uint8Array>): Promise<unknown> {
  let text = '';
  for await (const chunk of body) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.length > maxStatusBytes) return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
