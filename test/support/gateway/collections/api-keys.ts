import { timestamp } from '../clock.ts';
import { generatedKey, generatedKeyName } from '../ids.ts';
import { internalError, Refused } from '../kinds/refusals.ts';
import type { Entry } from '../store/entry.ts';
import type { ApiKeyEntry } from '../store/flat.ts';
import { textOf } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import { json, problem } from '../wire/reply.ts';
import type { Request } from '../wire/request.ts';
import { param } from '../wire/request.ts';
import type { ObjectShape } from '../wire/shape.ts';
import { expiryOf } from './api-key-expiry.ts';
import { masked, shown } from './api-key-shown.ts';
import type { Context } from './context.ts';
import { readFlat } from './flat-body.ts';

const shape: ObjectShape = {
  fields: {
    name: 'string',
    displayName: 'string',
    apiKey: 'string',
    maskedApiKey: 'string',
    issuer: 'string',
    externalRefId: 'string',
    expiresAt: 'string',
    expiresIn: { fields: { unit: 'string', duration: 'integer' } },
  },
};

/** The API keys below the resources of one collection. */
export class ApiKeys {
  readonly #collection: string;
  readonly #context: Context;

  constructor(collection: string, context: Context) {
    this.#collection = collection;
    this.#context = context;
  }

  list(request: Request): Reply {
    const parent = this.#parent(request);
    const keys = this.#of(parent)
      .filter(({ createdBy }) => request.role === 'admin' || createdBy === request.user)
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
      .map((key) => shown(key, parent, { apiKey: masked(key.value), externalRefId: key.externalRefId }));
    return json(200, {
      apiKeys: keys.length === 0 ? null : keys,
      status: 'success',
      totalCount: keys.length,
    });
  }

  /** Creates a key or replaces the one of that name, whoever made it. */
  post(request: Request): Reply {
    const parent = this.#parent(request);
    const body = readFlat(request, shape, this.#context);
    const now = this.#context.clock.now();
    const given = textOf(body.apiKey);
    const name = textOf(body.name) || generatedKeyName(parent.handle);
    const expiresAt = expiryOf(body, now);
    const full = this.#remaining(parent, request) <= 0;
    if (full || !isName(name)) throw internalError();
    const former = this.#find(parent, name);
    const key: ApiKeyEntry = {
      parent: parent.uuid,
      name,
      value: given === '' ? generatedKey() : given,
      source: former?.source ?? (given === '' ? 'local' : 'external'),
      createdAt: former?.createdAt ?? now,
      createdBy: former?.createdBy ?? request.user,
      expiresAt,
      externalRefId: typeof body.externalRefId === 'string' ? body.externalRefId : former?.externalRefId,
    };
    this.#save(key);
    const told = given === '' ? { apiKey: key.value } : {};
    return json(201, {
      apiKey: { ...shown(key, parent, told), createdAt: timestamp(now) },
      message: `API key ${given === '' ? 'generated' : 'registered'} successfully`,
      remainingApiKeyQuota: this.#remaining(parent, request),
      status: 'success',
    });
  }

  /** Gives an external key another value. Its expiry is replaced and its reference lost, even when sent along. */
  put(request: Request): Reply {
    const parent = this.#parent(request);
    const name = param(request, 'name');
    const body = readFlat(request, shape, this.#context);
    const value = textOf(body.apiKey);
    if (value === '') return problem(400, 'apiKey is required');
    if (body.name !== undefined && body.name !== name) throw internalError();
    const former = this.#find(parent, name);
    if (former === undefined) {
      const what = `API key '${name}' not found for API '${parent.handle}' and no api_key value provided to create one`;
      return problem(404, `configuration not found: ${what}`);
    }
    if (former.source === 'local') {
      const rule = 'updates are only allowed for externally generated API keys';
      const way = 'For locally generated keys, please use the regenerate endpoint to create a new key';
      return problem(400, `operation not allowed: ${rule}. ${way}`);
    }
    const expiresAt = expiryOf(body, this.#context.clock.now());
    if (former.createdBy !== request.user) throw internalError();
    const key: ApiKeyEntry = { ...former, value, expiresAt, externalRefId: undefined };
    this.#save(key);
    const message = 'API key updated successfully';
    return json(200, { apiKey: shown(key, parent, { apiKey: masked(value) }), message, status: 'success' });
  }

  regenerate(request: Request): Reply {
    const parent = this.#parent(request);
    const name = param(request, 'name');
    const body = readFlat(request, shape, this.#context);
    const former = this.#find(parent, name);
    if (former === undefined) {
      return problem(404, `configuration not found: API key '${name}' not found for API '${parent.handle}'`);
    }
    const expiresAt = expiryOf(body, this.#context.clock.now()) ?? former.expiresAt;
    if (!mayChange(request, former)) throw internalError();
    const key: ApiKeyEntry = { ...former, value: generatedKey(), expiresAt, externalRefId: undefined };
    this.#save(key);
    return json(200, {
      apiKey: shown(key, parent, { apiKey: key.value }),
      message: 'API key generated successfully',
      remainingApiKeyQuota: this.#remaining(parent, request),
      status: 'success',
    });
  }

  /** Deleting a key that is not there succeeds too. */
  delete(request: Request): Reply {
    const { store } = this.#context;
    const key = this.#find(this.#parent(request), param(request, 'name'));
    if (key !== undefined && !mayChange(request, key)) throw internalError();
    store.apiKeys = store.apiKeys.filter((other) => other !== key);
    return json(200, { message: 'API key revoked successfully', status: 'success' });
  }

  #parent(request: Request): Entry {
    const handle = param(request, 'id');
    const entry = this.#context.store.get(this.#collection, handle);
    if (entry !== undefined) return entry;
    throw new Refused(
      problem(404, `configuration not found: API configuration handle '${handle}' not found`),
    );
  }

  #of(parent: Entry): ApiKeyEntry[] {
    return this.#context.store.apiKeys.filter((key) => key.parent === parent.uuid);
  }

  #find(parent: Entry, name: string): ApiKeyEntry | undefined {
    return this.#of(parent).find((key) => key.name === name);
  }

  #remaining(parent: Entry, request: Request): number {
    return (
      this.#context.keyQuota - this.#of(parent).filter(({ createdBy }) => createdBy === request.user).length
    );
  }

  #save(key: ApiKeyEntry): void {
    const { store } = this.#context;
    const others = store.apiKeys.filter(({ parent, name }) => parent !== key.parent || name !== key.name);
    if (others.some(({ parent, value }) => parent === key.parent && value === key.value)) {
      const reason = 'configuration already exists: API key value already exists';
      throw new Refused(problem(409, `failed to save API key to database: ${reason}`));
    }
    store.apiKeys = [...others, key];
  }
}

function isName(name: string): boolean {
  return /^[a-z0-9_-]{3,63}$/.test(name) && !/^-|-$|--/.test(name);
}

function mayChange(request: Request, key: ApiKeyEntry): boolean {
  return request.role === 'admin' || key.createdBy === request.user;
}
