/** What a flat document is made of: the spec with secrets resolved and what else the wire wants. */
export interface FlatInput<Spec> {
  readonly name: string;
  readonly spec: Spec;
  readonly mark: string;
  /** The moment at which it ends, fixed once where the spec gives a duration (`lifetime`). RFC 3339. */
  readonly expiresAt: string | undefined;
  /** The id that the gateway gave to a referenced resource; undefined while it has none there. */
  readonly idOf: (kind: string, name: string) => string | undefined;
}

/** What a gateway showed of a flat document, and what its ids stand for. */
export interface FlatShown {
  readonly item: Readonly<Record<string, unknown>>;
  /** What it stands below, or is removed with; undefined for kinds that stand for themselves. */
  readonly owner: { readonly kind: string; readonly name: string } | undefined;
  /** The name of the resource that the gateway knows by an id of its own; undefined where there is none. */
  readonly nameOf: (kind: string, id: string) => string | undefined;
}

/** The wire document: an envelope with apiVersion, kind, metadata and spec, or JSON of the kind's own. */
export type Wire<Spec> =
  | {
      readonly is: 'envelope';
      readonly kind: string;
      /** Whether the gateway renders the spec's strings as templates. */
      readonly templated: boolean;
      /** The kinds whose instances its templates can name as `{{ secret "name" }}`. */
      readonly secretKinds?: readonly string[];
      /** Where the ownership mark stands; annotations of a Secret are dropped by the gateway. */
      readonly mark: 'annotation' | 'description';
    }
  | {
      readonly is: 'flat';
      document(input: FlatInput<Spec>): Readonly<Record<string, unknown>>;
      /**
       * The inverse: the spec that makes a gateway show this, as far as it is shown. The mark stays out, and so do what
       * the gateway adds and the secrets that `hidden` names.
       */
      spec(shown: FlatShown): Readonly<Record<string, unknown>>;
    };
