/** The name of a resource as Kubernetes takes it (RFC 1123), but for its length. */
export const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** So many characters it may have. */
export const longestSubdomain = 253;
