import type { JsonObject } from '../wire/json.ts';

/** A policy that a gateway has loaded, in the shape of the dump. */
export interface PolicyDefinition {
  readonly name: string;
  /** A full version, such as `v1.0.2`; documents name its major part. */
  readonly version: string;
  readonly description?: string;
  readonly managedBy?: string;
  /** JSON Schema of `params`. */
  readonly parameters?: JsonObject;
  readonly systemParameters?: JsonObject;
}
