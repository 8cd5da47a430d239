import { uuid7 } from '../ids.ts';
import type { EnvelopeKind, Write } from '../kinds/kind.ts';
import { Refused } from '../kinds/refusals.ts';
import type { Entry } from '../store/entry.ts';
import type { JsonObject } from '../wire/json.ts';
import { objectOf, textOf } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import { json, problem } from '../wire/reply.ts';
import type { Request } from '../wire/request.ts';
import { param } from '../wire/request.ts';
import type { Context } from './context.ts';
import type { Sent } from './reading.ts';
import { readDocument, rendered } from './reading.ts';
import { listed, shown, withKeptCredentials } from './shown.ts';

/** Decides the uuid that a resource is stored under: a second one that names the same takes the first one's place. */
const artifactIdAnnotation = 'gateway.api-platform.wso2.com/artifact-id';

/** How much later than it was told a write is stored, in nanoseconds. */
const storingTakes = 400_000n;

/** A collection of documents in envelopes, stored under handles. */
export class Envelopes {
  readonly #kind: EnvelopeKind;
  readonly #context: Context;

  constructor(kind: EnvelopeKind, context: Context) {
    this.#kind = kind;
    this.#context = context;
  }

  list(request: Request): Reply {
    const { store, api } = this.#context;
    const documents = store.list(this.#kind.collection).map((entry) => listed(entry, this.#kind, api));
    const wanted = this.#kind.filters.filter((name) => (request.query.get(name) ?? '') !== '');
    const found = documents.filter((document) =>
      wanted.every((name) => fieldOf(document, name) === request.query.get(name)),
    );
    return json(200, { [this.#kind.listKey]: found, count: found.length, status: 'success' });
  }

  get(request: Request): Reply {
    return json(200, shown(this.#stored(request, 'GET'), this.#kind, this.#context.api));
  }

  post(request: Request): Reply {
    const { api, clock, store } = this.#context;
    const sent = readDocument(request, this.#kind, this.#context);
    const { name, refersTo } = this.#judge(sent, 'POST', sent.handle);
    this.#refuseConflict(sent.handle, name, undefined);
    const now = clock.now();
    const stored = clock.after(now, storingTakes);
    const entry: Entry = {
      ...this.#kept(sent, 'POST', sent.spec),
      ...name,
      uuid: this.#uuidFor(sent),
      state: 'deployed',
      createdAt: stored,
      updatedAt: stored,
      deployedAt: now,
      refersTo,
    };
    store.put(entry);
    this.#announce(entry);
    return json(201, shown(entry, this.#kind, api, { createdAt: now, updatedAt: now }));
  }

  put(request: Request): Reply {
    const { api, clock, store } = this.#context;
    const sent = readDocument(request, this.#kind, this.#context);
    const path = param(request, 'id');
    const { rename } = this.#kind;
    if (rename !== 'allowed' && sent.handle !== '' && sent.handle !== path)
      throw new Refused(rename(path, sent.handle));
    const former = this.#stored(request, 'PUT');
    const spec = withKeptCredentials(sent.spec, former.spec, this.#kind, api);
    const { name, refersTo } = this.#judge({ ...sent, spec }, 'PUT', path);
    this.#refuseConflict(sent.handle, name, former);
    const now = clock.now();
    const state = this.#stateOf(former, spec);
    const entry: Entry = {
      ...this.#kept(sent, 'PUT', spec),
      ...name,
      uuid: former.uuid,
      state,
      createdAt: former.createdAt,
      updatedAt: clock.after(now, storingTakes),
      deployedAt: this.#keepsDeployedAt(former, state) ? former.deployedAt : now,
      refersTo,
    };
    const refusal = this.#kind.refuseChange?.(former.spec, entry.spec);
    if (refusal !== undefined) throw new Refused(refusal);
    store.put(entry);
    this.#announce(entry);
    const createdAt = this.#kind.putTellsCreation ? entry.createdAt : now;
    return json(200, shown(entry, this.#kind, api, { createdAt, updatedAt: now }));
  }

  delete(request: Request): Reply {
    const { store } = this.#context;
    const entry = this.#stored(request, 'DELETE');
    if (store.isReferredTo(entry)) {
      const reason = 'failed to delete configuration: FOREIGN KEY constraint failed';
      return problem(500, `failed to delete configuration from database: ${reason}`);
    }
    store.remove(entry);
    this.#announce(entry);
    return json(200, { id: entry.handle, message: this.#kind.says.deleted, status: 'success' });
  }

  #stored(request: Request, method: 'GET' | 'PUT' | 'DELETE'): Entry {
    const handle = param(request, 'id');
    const entry = this.#context.store.get(this.#kind.collection, handle);
    if (entry === undefined) throw new Refused(this.#kind.says.absent(handle, method));
    return entry;
  }

  /** Expressions first, then what they came to, then what that refers to. */
  #judge(
    sent: Sent,
    write: Write,
    handle: string,
  ): { name: Pick<Entry, 'displayName' | 'version'>; refersTo: readonly string[] } {
    const spec = rendered(sent.spec, this.#context);
    const violations = this.#kind.validate({ ...sent.document, spec }, this.#context.rules);
    if (violations.length > 0) throw new Refused(this.#kind.refuse(violations));
    const references = this.#kind.resolve?.(spec, this.#context.store, write, handle) ?? [];
    if ('status' in references) throw new Refused(references);
    return {
      name: { displayName: textOf(spec.displayName), version: textOf(spec.version) },
      refersTo: references,
    };
  }

  #refuseConflict(
    handle: string,
    name: Pick<Entry, 'displayName' | 'version'>,
    self: Entry | undefined,
  ): void {
    const { store } = this.#context;
    const { collection, uniqueVersion, says } = this.#kind;
    const namesake = uniqueVersion
      ? store.withVersion(collection, name.displayName, name.version)
      : undefined;
    if (namesake !== undefined && namesake.uuid !== self?.uuid) {
      this.#refuseTaken(
        `configuration with name '${name.displayName}' and version '${name.version}' already exists`,
      );
    }
    const holder = store.get(collection, handle);
    if (holder !== undefined && holder.uuid !== self?.uuid) {
      this.#refuseTaken(`${says.taken} with handle '${handle}' already exists`);
    }
  }

  #refuseTaken(what: string): never {
    throw new Refused(problem(this.#kind.conflictStatus, `configuration already exists: ${what}`));
  }

  #kept(
    sent: Sent,
    write: Write,
    spec: JsonObject,
  ): Pick<Entry, 'collection' | 'kind' | 'apiVersion' | 'handle' | 'metadata' | 'spec'> {
    return {
      collection: this.#kind.collection,
      kind: this.#kind.kind,
      apiVersion: textOf(sent.document.apiVersion),
      handle: sent.handle,
      metadata: sent.metadata,
      spec: this.#kind.complete?.(spec, sent.handle, write, this.#context.api) ?? spec,
    };
  }

  #uuidFor(sent: Sent): string {
    const named = this.#kind.deployable
      ? textOf(objectOf(sent.metadata.annotations)[artifactIdAnnotation])
      : '';
    return named === '' ? uuid7() : named;
  }

  #stateOf(former: Entry, spec: JsonObject): Entry['state'] {
    if (!this.#kind.undeployable) return former.state;
    return spec.deploymentState === 'undeployed' ? 'undeployed' : 'deployed';
  }

  #keepsDeployedAt(former: Entry, state: Entry['state']): boolean {
    if (!this.#kind.keepsDeployedAt || this.#context.api === 'v1') return false;
    return former.state === state || state === 'deployed';
  }

  #announce(entry: Entry): void {
    if (this.#kind.deployable) this.#context.live.changed(entry.uuid);
  }
}

function fieldOf(document: JsonObject, name: string): unknown {
  return name === 'status' ? objectOf(document.status).state : objectOf(document.spec)[name];
}
