/** What reviews by policy learn of a resource from the row of its kind. */

/** What rules may know of a certificate. */
export interface CertificateFacts {
  readonly subject: string;
  readonly notAfter: Date;
}

/** An address to which requests may be sent, those of definitions too, and where it stands. Nothing is known of its form. */
export interface Address {
  readonly path: string;
  readonly url: string;
}

/** A method and path below the context; `*` where all. `policies` are indexes into what `policies` of the row gives. */
export interface Operation {
  readonly path: string;
  readonly method: string;
  readonly route: string;
  readonly policies: readonly number[];
}
