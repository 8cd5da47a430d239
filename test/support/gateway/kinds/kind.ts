import type { Api } from '../generation.ts';
import type { Rulebook, Violation } from '../rules/violation.ts';
import type { Entry } from '../store/entry.ts';
import type { Store } from '../store/store.ts';
import type { JsonObject } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import type { ObjectShape } from '../wire/shape.ts';

export type Write = 'POST' | 'PUT';

/** A kind that is sent in an envelope and stored under a handle, and how the gateway treats it unlike the others. */
export interface EnvelopeKind {
  readonly kind: string;
  /** Path and name of the collection, without slash. */
  readonly collection: string;
  /** Key of the array in a list. */
  readonly listKey: string;
  /** Kinds that Envoy is told of have a state, a time of deployment, an entry in the dump and events. */
  readonly deployable: boolean;
  readonly filters: readonly string[];
  shape(api: Api): ObjectShape;
  /** Looks at a document whose expressions are rendered. */
  validate(document: JsonObject, rules: Rulebook): readonly Violation[];
  refuse(violations: readonly Violation[]): Reply;
  readonly says: Wording;
  /** 409, but 400 for LlmProvider. */
  readonly conflictStatus: number;
  /** A PUT whose document bears another name: refused, or a change of name. */
  readonly rename: 'allowed' | ((path: string, name: string) => Reply);
  /** Whether displayName and version together must be unique. */
  readonly uniqueVersion: boolean;
  /** Fields that the gateway adds before it stores. */
  complete?(spec: JsonObject, handle: string, write: Write, api: Api): JsonObject;
  /** Refuses a change of what can't be changed. */
  refuseChange?(stored: JsonObject, spec: JsonObject): Reply | undefined;
  /** What the document refers to: the uuids to remember, or the answer when something is absent. */
  resolve?(spec: JsonObject, store: Store, write: Write, handle: string): readonly string[] | Reply;
  /** The blocks with credentials by a name that tells them apart; generation 1 never returns their `value`. */
  credentials?(spec: JsonObject): ReadonlyMap<string, JsonObject>;
  /** Whether PUT sets `status.state` from `deploymentState`. */
  readonly undeployable: boolean;
  /** Generation 0.9 leaves `deployedAt` of a RestApi alone unless it is undeployed. */
  readonly keepsDeployedAt: boolean;
  /** Whether the answer to a PUT has the true time of creation; most have the time of the PUT there. */
  readonly putTellsCreation: boolean;
  /** How the spec in a list differs from what GET shows. */
  listed?(spec: JsonObject): JsonObject;
  /** What Envoy is told, shown in the dump; RestApi and WebSubApi are shown as they are. */
  generated?(entry: Entry, rendered: JsonObject): JsonObject;
}

export interface Wording {
  /** What precedes a complaint of the parser. */
  readonly unreadable: string;
  readonly deleted: string;
  absent(handle: string, method: 'GET' | 'PUT' | 'DELETE'): Reply;
  /** What a handle that is taken is called in a conflict. */
  readonly taken: string;
}
