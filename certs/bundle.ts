import { X509Certificate } from 'node:crypto';

const block = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+?-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, one by one; whatever else stands in it is dropped. */
export function certificatesIn(pem: string): readonly string[] {
  return pem.match(block) ?? [];
}

/** So many authorities are trusted at most; who changes them faster than they end has other troubles. */
const mostTrusted = 10;

/** Each certificate of these texts that is readable and not over yet, once, in this order. */
export function bundleOf(texts: readonly string[], now: Date): string {
  const good = texts.flatMap(certificatesIn).filter((pem) => isGood(pem, now));
  return [...new Set(good)]
    .slice(0, mostTrusted)
    .map((pem) => `${pem}\n`)
    .join('');
}

/** Whether every certificate of a text stands in another one. */
export function holds(bundle: string, pem: string): boolean {
  const there = new Set(certificatesIn(bundle).map(bare));
  return certificatesIn(pem).every((one) => there.has(bare(one)));
}

function bare(pem: string): string {
  return pem.replaceAll(/\s/g, '');
}

function isGood(pem: string, now: Date): boolean {
  try {
    return new X509Certificate(pem).validToDate > now;
  } catch {
    return false;
  }
}
