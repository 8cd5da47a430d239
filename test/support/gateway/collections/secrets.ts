import { timestamp } from '../clock.ts';
import type { Api } from '../generation.ts';
import { uuid7 } from '../ids.ts';
import { Refused } from '../kinds/refusals.ts';
import * as shapes from '../kinds/shapes.ts';
import { checkName, checkType } from '../rules/envelope.ts';
import { checkSecret } from '../rules/secret.ts';
import { numbered } from '../rules/violation.ts';
import type { Entry } from '../store/entry.ts';
import { parseEnvelope } from '../wire/body.ts';
import type { JsonObject } from '../wire/json.ts';
import { compact, objectOf, textOf } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import { json, nothing, problem } from '../wire/reply.ts';
import type { Request } from '../wire/request.ts';
import { param } from '../wire/request.ts';
import type { Context } from './context.ts';

/** What a Secret's body may measure before generation 1 stops reading: the longest value, and 1 KiB around it. */
const maxSecretBytes = 11 * 1024;

const shape = shapes.envelope({ displayName: 'string', description: 'string', value: 'string' });

/** Secrets: the value is in what GET returns and nowhere else, and labels and annotations are dropped. */
export class Secrets {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  list(): Reply {
    const secrets = this.#context.store.list('secrets').map((entry) => document(entry, ['displayName']));
    return json(200, { secrets, count: secrets.length, status: 'success' });
  }

  get(request: Request): Reply {
    const id = param(request, 'id');
    const entry = this.#context.store.get('secrets', id);
    if (entry === undefined) return problem(404, `configuration not found: id=${id}`);
    return json(200, document(entry, ['displayName', 'description', 'value']));
  }

  post(request: Request): Reply {
    const { store, clock } = this.#context;
    const sent = this.#read(request);
    if (store.get('secrets', sent.handle) !== undefined) {
      const reason = `secret with id '${sent.handle}' already exists`;
      return problem(409, `storage failed: configuration already exists: ${reason}`);
    }
    const now = clock.now();
    const entry: Entry = { ...sent, uuid: uuid7(), createdAt: now, updatedAt: now, deployedAt: now };
    store.put(entry);
    return json(201, document(entry, ['displayName', 'description']));
  }

  put(request: Request): Reply {
    const { store, clock } = this.#context;
    const id = param(request, 'id');
    const sent = this.#read(request);
    if (sent.handle !== id) {
      const rule = 'renaming secrets is not supported';
      return problem(
        400,
        `secret id in payload ('${sent.handle}') does not match the URL path id ('${id}'): ${rule}`,
      );
    }
    const former = store.get('secrets', id);
    if (former === undefined) {
      return problem(404, `secret configuration not found: id=${id}: configuration not found: id=${id}`);
    }
    const { uuid, createdAt, deployedAt } = former;
    const entry: Entry = { ...sent, uuid, createdAt, updatedAt: clock.now(), deployedAt };
    store.put(entry);
    return json(200, document(entry, ['displayName', 'description']));
  }

  /** A Secret in use goes like any other; its users notice at their next PUT, the gateway at its next start. */
  delete(request: Request): Reply {
    const id = param(request, 'id');
    const entry = this.#context.store.get('secrets', id);
    if (entry === undefined) return problem(404, `configuration not found: id=${id}`);
    this.#context.store.remove(entry);
    return nothing(200);
  }

  #read(request: Request): Omit<Entry, 'uuid' | 'createdAt' | 'updatedAt' | 'deployedAt'> {
    refuseLarge(request.body, this.#context.api);
    const sent = parse(request);
    const spec = objectOf(sent.spec);
    const violations = [
      ...checkType(sent, 'Secret', this.#context.rules),
      ...checkName(sent),
      ...checkSecret(spec),
    ];
    if (violations.length > 0) {
      throw new Refused(problem(400, `configuration validation failed with ${numbered(violations)}`));
    }
    const handle = textOf(objectOf(sent.metadata).name);
    return {
      collection: 'secrets',
      kind: 'Secret',
      apiVersion: textOf(sent.apiVersion),
      handle,
      metadata: { name: handle },
      spec,
      displayName: textOf(spec.displayName),
      version: '',
      state: 'deployed',
      refersTo: [],
    };
  }
}

function refuseLarge(body: string, api: Api): void {
  if (api === 'v0.9' || Buffer.byteLength(body) <= maxSecretBytes) return;
  throw new Refused(problem(400, 'Request body too large or unreadable'));
}

function parse(request: Request): JsonObject {
  try {
    return parseEnvelope(request.body, request.contentType, shape);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Refused(problem(400, `failed to parse configuration: ${error.message}`));
  }
}

function document(entry: Entry, fields: readonly string[]): JsonObject {
  return {
    apiVersion: entry.apiVersion,
    kind: entry.kind,
    metadata: entry.metadata,
    spec: compact(Object.fromEntries(fields.map((field) => [field, entry.spec[field]]))),
    status: {
      id: entry.handle,
      createdAt: timestamp(entry.createdAt),
      updatedAt: timestamp(entry.updatedAt),
    },
  };
}
