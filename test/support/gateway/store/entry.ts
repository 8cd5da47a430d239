import type { Instant } from '../clock.ts';
import type { JsonObject } from '../wire/json.ts';

/** A stored resource that came in an envelope. */
export interface Entry {
  readonly uuid: string;
  readonly collection: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly handle: string;
  /** The metadata as it is returned. */
  readonly metadata: JsonObject;
  /** As sent: expressions are not rendered. */
  readonly spec: JsonObject;
  /** Rendered, for uniqueness. */
  readonly displayName: string;
  readonly version: string;
  readonly state: 'deployed' | 'undeployed';
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly deployedAt: Instant;
  /** Uuids of what it refers to and that the database won't let go while it does. */
  readonly refersTo: readonly string[];
}
