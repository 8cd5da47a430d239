import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Material, Pair } from './material.ts';

/** What is to be done about the material, and why. */
export type Decision =
  | { readonly is: 'keep' }
  | { readonly is: 'new leaf'; readonly reason: Reason }
  | { readonly is: 'new authority'; readonly reason: Reason };

export type Reason =
  | 'Missing'
  | 'Unreadable'
  | 'KeyMismatch'
  | 'Expired'
  | 'DueForRenewal'
  | 'NotOfThisAuthority'
  | 'NotTrusted'
  | 'NamesChanged';

type Predicate = (pair: Parsed, now: Date) => Reason | undefined;

interface Parsed {
  readonly certificate: X509Certificate;
  readonly key: string;
}

/** Renewal begins when two thirds of a life are over. */
const renewalShare = 2 / 3;

const ofEvery: readonly Predicate[] = [
  ({ certificate, key }) => (certificate.checkPrivateKey(createPrivateKey(key)) ? undefined : 'KeyMismatch'),
  ({ certificate }, now) => (now >= certificate.validToDate ? 'Expired' : undefined),
  ({ certificate }, now) => (now >= renewalMoment(certificate) ? 'DueForRenewal' : undefined),
];

/** Decides by named predicates, the authority first: what it signed falls with it. */
export function decide(material: Material | undefined, dnsNames: readonly string[], now: Date): Decision {
  if (material === undefined) return { is: 'new authority', reason: 'Missing' };
  const authority = parsed(material.authority);
  const ofAuthority = authority === undefined ? 'Unreadable' : firstReason(authority, ofEvery, now);
  if (ofAuthority !== undefined || authority === undefined)
    return { is: 'new authority', reason: ofAuthority ?? 'Unreadable' };
  if (!material.bundle.includes(material.authority.cert.trim()))
    return { is: 'new authority', reason: 'NotTrusted' };
  const leaf = parsed(material.leaf);
  if (leaf === undefined) return { is: 'new leaf', reason: 'Unreadable' };
  const reason = firstReason(leaf, [...ofEvery, signedBy(authority.certificate), named(dnsNames)], now);
  return reason === undefined ? { is: 'keep' } : { is: 'new leaf', reason };
}

/** When the next decision may be another one: the earliest renewal of the two certificates. */
export function nextDecision(material: Material): Date {
  const moments = [material.authority, material.leaf].map(({ cert }) =>
    renewalMoment(new X509Certificate(cert)).getTime(),
  );
  return new Date(Math.min(...moments));
}

function renewalMoment(certificate: X509Certificate): Date {
  const from = certificate.validFromDate.getTime();
  return new Date(from + (certificate.validToDate.getTime() - from) * renewalShare);
}

function signedBy(authority: X509Certificate): Predicate {
  return ({ certificate }) =>
    certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
      ? undefined
      : 'NotOfThisAuthority';
}

function named(dnsNames: readonly string[]): Predicate {
  return ({ certificate }) =>
    dnsNames.every((name) => certificate.checkHost(name) !== undefined) ? undefined : 'NamesChanged';
}

function firstReason(pair: Parsed, predicates: readonly Predicate[], now: Date): Reason | undefined {
  for (const predicate of predicates) {
    const reason = predicate(pair, now);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function parsed({ cert, key }: Pair): Parsed | undefined {
  try {
    createPrivateKey(key);
    return { certificate: new X509Certificate(cert), key };
  } catch {
    return undefined;
  }
}
