/** What a document in OpenAPI says of an API, as far as it can be offered by a gateway. */
export interface ApiDescription {
  /** `info.title` as it is written. */
  readonly title: string;
  /** `info.version` as it is written, or what the person chose. */
  readonly version: string;
  /** Path below which the API is to answer. */
  readonly context: string;
  /** URL of the backend. */
  readonly upstream: string;
  readonly operations: readonly {
    /** In capitals. */
    readonly method: string;
    readonly path: string;
    readonly description: string | undefined;
  }[];
}

/** A spec made of a description, and what of it could not be kept, each a sentence. */
export interface DescribedSpec<Spec> {
  readonly spec: Spec;
  readonly notes: readonly string[];
}
