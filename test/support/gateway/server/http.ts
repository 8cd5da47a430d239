/** A request as it came from the wire. */
export interface RawRequest {
  readonly method: string;
  /** Decoded by nobody yet, without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly contentType: string;
  readonly userAgent: string;
  readonly body: string;
}

/** An answer as it goes to the wire. */
export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The headers that go with a path that the gateway still takes without its prefix. */
export function deprecation(base: string, path: string): Readonly<Record<string, string>> {
  return {
    Deprecation: 'true',
    Link: `<${base}${path}>; rel="successor-version"`,
    Warning: `299 - "Deprecated API: migrate to ${base} prefix"`,
  };
}

/** The path behind the base, or the whole path when it is one that is also taken without a base. */
export function withoutBase(
  path: string,
  base: string,
): { readonly path: string; readonly prefixed: boolean } {
  if (path.startsWith(`${base}/`)) return { path: path.slice(base.length), prefixed: true };
  return { path, prefixed: false };
}
