import { managementBase, type Generation } from '../model/generation.ts';
import { itemId, partOf, type Item } from '../model/item.ts';
import type { Kind } from '../model/kind.ts';
import type { Tenure } from '../runtime/tenure.ts';
import { bodyText } from './body.ts';
import { Collection } from './collection.ts';
import { GatewayError } from './gateway-error.ts';
import { complaintIn, complaintText, meaningOf, type Operation } from './meaning.ts';
import type { Call, Reply, Transport } from './transport.ts';

/** A collection of a gateway: that of a kind or, for nested kinds, the one below a parent. */
export interface Place {
  readonly row: Kind;
  /** Path of the parent, such as `/rest-apis/books`; absent for kinds that are not nested. */
  readonly parent?: string | undefined;
}

export interface WriteOptions {
  /** Secrets of the document, so that no message repeats them. */
  readonly hide?: readonly string[];
}

interface Deed {
  readonly hide?: readonly string[] | undefined;
  readonly method: Call['method'];
  readonly on: Operation;
  readonly verb: string;
  /** The last step of the path. */
  readonly id?: string;
  /** What to call it in messages, where it has no path yet. */
  readonly named?: string;
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
}

interface ManagementOptions {
  readonly generation: Generation;
  /** Under which it writes; without one it only reads. When it ends, writes reject with its signal's reason. */
  readonly tenure?: Tenure;
}

/** The collections of one management API. Every failure is a GatewayError that knows what it means. */
export class ManagementClient {
  readonly generation: Generation;
  readonly #tenure: Tenure | undefined;
  readonly #transport: Transport;

  constructor({ generation, tenure }: ManagementOptions, deps: { readonly transport: Transport }) {
    this.generation = generation;
    this.#tenure = tenure;
    this.#transport = deps.transport;
  }

  /** The same client, which may write while the tenure lasts. When it ends, calls reject with its signal's reason. */
  under(tenure: Tenure): ManagementClient {
    return new ManagementClient({ generation: this.generation, tenure }, { transport: this.#transport });
  }

  /** Everything that stands in a collection, or what of it the parameters of a query ask for. */
  async list(
    place: Place,
    signal: AbortSignal,
    query: Readonly<Record<string, string>> = {},
  ): Promise<readonly Item[]> {
    return itemsIn(place, await this.#do(place, { method: 'GET', on: 'read', verb: 'list', query }, signal));
  }

  /** The same of a whole collection, for whoever may know from the last time what the list says. */
  async collection(place: Place, signal: AbortSignal): Promise<Collection> {
    const reply = await this.#do(place, { method: 'GET', on: 'read', verb: 'list' }, signal);
    return new Collection(reply, () => itemsIn(place, reply));
  }

  /** One item, searched for in the list where the gateway has no GET of one; undefined where it is absent. */
  async get(place: Place, id: string, signal: AbortSignal): Promise<Item | undefined> {
    const { row } = place;
    try {
      if (!row.collection.getOne) {
        return (await this.list(place, signal)).find((item) => itemId(row, item) === id);
      }
      const reply = await this.#do(place, { method: 'GET', on: 'read', verb: 'read', id }, signal);
      if (isItem(row, reply.body)) return reply.body;
      throw unreadable(`read ${row.kind} ${id}`, reply);
    } catch (error) {
      if (error instanceof GatewayError && error.means === 'absent') return undefined;
      throw error;
    }
  }

  /** POST. Gives the reply as it is: the only place where an assigned id and a generated credential stand. */
  async create(
    place: Place,
    id: string,
    document: unknown,
    signal: AbortSignal,
    { hide = [] }: WriteOptions = {},
  ): Promise<unknown> {
    const deed: Deed = { method: 'POST', on: 'write', verb: 'create', named: id, body: document, hide };
    const reply = await this.#do(place, deed, signal);
    if (isWritten(place.row, reply.body)) return reply.body;
    throw unreadable(`create ${place.row.kind} ${id}`, reply);
  }

  /** PUT of the whole or, for kinds that allow no more, of some fields. */
  async replace(
    place: Place,
    id: string,
    document: unknown,
    signal: AbortSignal,
    { hide = [] }: WriteOptions = {},
  ): Promise<unknown> {
    const deed: Deed = { method: 'PUT', on: 'write', verb: 'replace', id, body: document, hide };
    const reply = await this.#do(place, deed, signal);
    if (isWritten(place.row, reply.body)) return reply.body;
    throw unreadable(`replace ${place.row.kind} ${id}`, reply);
  }

  /** DELETE. What is absent already is as good as removed. */
  async remove(place: Place, id: string, signal: AbortSignal): Promise<void> {
    try {
      const reply = await this.#do(place, { method: 'DELETE', on: 'delete', verb: 'remove', id }, signal);
      if (reply.came !== 'nothing' && !isDone(reply.body))
        throw unreadable(`remove ${place.row.kind} ${id}`, reply);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.means !== 'absent') throw error;
    }
  }

  async #do(place: Place, deed: Deed, signal: AbortSignal): Promise<Reply> {
    const { row, parent = '' } = place;
    const { method, id, body, hide } = deed;
    const collection = `${managementBase(this.generation)}${parent}${row.collection.path}`;
    const query = new URLSearchParams(deed.query).toString();
    const item = id === undefined ? collection : `${collection}/${encodeURIComponent(id)}`;
    const path = query === '' ? item : `${item}?${query}`;
    const purpose = [deed.verb, row.kind, id ?? deed.named].filter((word) => word !== undefined).join(' ');
    const tenure = method === 'GET' ? undefined : this.#tenure;
    if (method !== 'GET' && tenure === undefined) throw new Error(`could not ${purpose} without a tenure`);
    const maxBytes = deed.verb === 'list' ? undefined : maxItemBytes;
    const reply = await this.#transport.call({ method, path, body, purpose, tenure, maxBytes }, signal);
    if (reply.status >= 200 && reply.status < 300) return reply;
    const complaint = complaintIn(reply.body);
    throw new GatewayError(`could not ${purpose} because ${complaintText(reply, complaint)}`, {
      means: meaningOf(row, deed.on, reply, complaint.message),
      status: reply.status,
      fieldErrors: complaint.fieldErrors,
      retryAfterMs: reply.retryAfterMs,
      hide: [...(hide ?? []), ...this.#transport.secrets],
    });
  }
}

/** The path of a resource as the parent of others. */
export function pathOf(row: Kind, handle: string): string {
  return `${row.collection.path}/${encodeURIComponent(handle)}`;
}

/** The largest answer that is about one item; etcd holds none of more than 1.5 MiB. */
const maxItemBytes = 8 * 1024 * 1024;

function itemsIn({ row }: Place, reply: Reply): readonly Item[] {
  const items = partOf(reply.body, row.collection.listKey);
  if (items === null) return [];
  // One entry that can't be read makes all of it worthless: what is missing in a list counts as gone.
  if (Array.isArray(items) && items.every((item) => isItem(row, item))) return items;
  throw unreadable(`list ${row.collection.path}`, reply);
}

function isItem(row: Kind, body: unknown): body is Item {
  return typeof body === 'object' && body !== null && itemId(row, body as Item) !== undefined;
}

/** Whether a removal was answered by somebody who did it: some put their errors into an answer of 200. */
function isDone(body: unknown): boolean {
  return (
    typeof body === 'object' && body !== null && !Array.isArray(body) && partOf(body, 'status') !== 'error'
  );
}

/** Whether a write was answered with what was written. Of what stands below a parent gateways tell in another shape. */
function isWritten(row: Kind, body: unknown): boolean {
  return isDone(body) && (row.identity.is === 'nested' || isItem(row, body));
}

/** An answer of success that is none. Whether something was done nobody can tell: it is to be looked for. */
function unreadable(purpose: string, reply: Reply): GatewayError {
  return new GatewayError(
    `could not ${purpose} because the gateway answered ${reply.status} ${bodyText(reply.came)}`,
    {
      means: 'unavailable',
      status: reply.status,
    },
  );
}
