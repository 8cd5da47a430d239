/** Names, without case and what parts words, at whose end a credential stands; `subscriptionKeyHeader` names none. */
const credentialName =
  /(password|passwd|passphrase|secret|apikey|token|privatekey|secretkey|accesskey|accesskeyid|signingkey|credentials?|connectionstring)$/;

/** Headers that carry one. */
const credentialHeader = /^(proxy-)?authorization$|^(set-)?cookie$/i;

/** What a credential looks like, whatever it is called. */
const looks: readonly RegExp[] = [
  /^(bearer|basic)\s+\S{8,}$/i,
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/,
  /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*$/,
  // User and password in front of a host.
  /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s@]*:[^/?#\s@]+@/i,
  /^(sk|pk|rk|ghp|gho|glpat|xox[abp])[-_][\w-]{12,}$/,
  /^AKIA[0-9A-Z]{16}$/,
];

export function isCredentialName(name: string): boolean {
  return credentialHeader.test(name) || credentialName.test(name.toLowerCase().replaceAll(/[-_. ]/g, ''));
}

export function looksLikeCredential(value: string): boolean {
  return looks.some((pattern) => pattern.test(value.trim()));
}
