/** What is said of an answer that is larger than it may be. */
export const tooLarge = 'its answer is too large';

/** Socket and TLS errors in words; what is not listed shows its code, never more. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name could not be looked up',
  EHOSTUNREACH: 'its host can not be reached',
  ENETUNREACH: 'its network can not be reached',
  ETIMEDOUT: 'connecting took too long',
  UND_ERR_CONNECT_TIMEOUT: 'connecting took too long',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: tooLarge,
  UND_ERR_HEADERS_OVERFLOW: 'the head of its answer is too large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its answer is not as long as it says',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'it did not answer in time',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by a trusted CA',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by a trusted CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by a trusted CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not signed by a trusted CA',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is not signed by a trusted CA',
  CERT_SIGNATURE_FAILURE: 'its certificate is not signed by a trusted CA',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  EPROTO: 'TLS and plain HTTP do not fit together',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it speaks plain HTTP, not TLS',
};

/** Why no answer came, as the end of a sentence. */
export function socketFailure(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = 'code' in at && typeof at.code === 'string' ? at.code : undefined;
    const known = code === undefined ? undefined : words[code];
    if (known !== undefined) return known;
    // What OpenSSL can't read of ours comes before any connection.
    if (code?.startsWith('ERR_OSSL_') === true) return 'our certificate and its key are of no use';
    if (code?.startsWith('ERR_SSL_') === true && code.includes('_ALERT_'))
      return 'it refuses our certificate, or the lack of one';
    if (at.name === 'HTTPParserError') return 'what it answers is no HTTP';
    if (code !== undefined && at.cause === undefined) return `the connection failed (${code})`;
  }
  return 'the connection failed';
}
