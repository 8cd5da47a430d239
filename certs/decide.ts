import { createPrivateKey, X509Certificate } from 'node:crypto';
import { holds } from './bundle.ts';
import { skewMs, type Material, type Pair } from './material.ts';

/**
 * What is to be done about the material, and why. A successor is announced while the old authority still signs, and is
 * promoted when it has been trusted for long enough; a new authority is made at once, where there is none that is good.
 */
export type Decision =
  | { readonly is: 'keep' }
  | { readonly is: 'new leaf'; readonly reason: Reason }
  | { readonly is: 'new successor'; readonly reason: Reason }
  | { readonly is: 'promotion'; readonly reason: Reason }
  | { readonly is: 'new authority'; readonly reason: Reason };

export type Reason =
  | 'Missing'
  | 'Unreadable'
  | 'KeyMismatch'
  | 'Expired'
  | 'DueForRenewal'
  | 'SuccessorTrusted'
  | 'NotOfThisAuthority'
  | 'NotTrusted'
  | 'NamesChanged';

export interface Circumstances {
  readonly dnsNames: readonly string[];
  readonly now: Date;
  /** From 0 to 1: how late this replica renews, so that not all of them make keys at the same moment. */
  readonly lateness?: number;
  /** Whether all who call have trusted the successor for long enough. */
  readonly isSuccessorTrusted?: boolean;
}

type Predicate = (pair: Parsed) => Reason | undefined;

interface Parsed {
  readonly certificate: X509Certificate;
  readonly key: string;
}

/** Renewal begins when two thirds of a life are over, and for the latest replica a fiftieth of it later. */
const renewalShare = 2 / 3;
const latenessShare = 1 / 50;

/** Decides by named predicates, the authority first: what it signed falls with it. */
export function decide(material: Material | undefined, circumstances: Circumstances): Decision {
  if (material === undefined) return { is: 'new authority', reason: 'Missing' };
  const { isSuccessorTrusted = false } = circumstances;
  const usable = [matches, running(circumstances), trusted(material)];
  const successor = material.successor === undefined ? undefined : parsed(material.successor);
  const isSuccessorGood = successor !== undefined && firstReason(successor, usable) === undefined;
  const authority = parsed(material.authority);
  const fault = authority === undefined ? 'Unreadable' : firstReason(authority, usable);
  if (fault !== undefined || authority === undefined)
    return { is: isSuccessorGood ? 'promotion' : 'new authority', reason: fault ?? 'Unreadable' };
  if (isSuccessorGood && isSuccessorTrusted) return { is: 'promotion', reason: 'SuccessorTrusted' };
  if (!isSuccessorGood && due(circumstances)(authority) !== undefined)
    return { is: 'new successor', reason: 'DueForRenewal' };
  return decideLeaf(material.leaf, authority.certificate, circumstances);
}

function decideLeaf(pair: Pair, authority: X509Certificate, circumstances: Circumstances): Decision {
  const leaf = parsed(pair);
  if (leaf === undefined) return { is: 'new leaf', reason: 'Unreadable' };
  const { dnsNames } = circumstances;
  const ofLeaf = [matches, running(circumstances), due(circumstances), signedBy(authority), named(dnsNames)];
  const reason = firstReason(leaf, ofLeaf);
  return reason === undefined ? { is: 'keep' } : { is: 'new leaf', reason };
}

/** When the next decision may be another one: the earliest renewal that is still to come. */
export function nextDecision({ authority, successor, leaf }: Material, { lateness = 0 } = {}): Date {
  // While a successor waits, its predecessor needs no other one.
  const pairs = successor === undefined ? [authority, leaf] : [leaf];
  const moments = pairs.map(({ cert }) => renewalMoment(new X509Certificate(cert), lateness).getTime());
  return new Date(Math.min(...moments));
}

function renewalMoment(certificate: X509Certificate, lateness: number): Date {
  const to = certificate.validToDate.getTime();
  // It was dated back for clocks that are behind; its life began later.
  const from = Math.min(certificate.validFromDate.getTime() + skewMs, to);
  return new Date(from + (to - from) * (renewalShare + lateness * latenessShare));
}

const matches: Predicate = ({ certificate, key }) =>
  certificate.checkPrivateKey(createPrivateKey(key)) ? undefined : 'KeyMismatch';

function running({ now }: Circumstances): Predicate {
  return ({ certificate }) => (now >= certificate.validToDate ? 'Expired' : undefined);
}

function due({ now, lateness = 0 }: Circumstances): Predicate {
  return ({ certificate }) => (now >= renewalMoment(certificate, lateness) ? 'DueForRenewal' : undefined);
}

function trusted({ bundle }: Material): Predicate {
  return ({ certificate }) => (holds(bundle, certificate.toString()) ? undefined : 'NotTrusted');
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

function firstReason(pair: Parsed, predicates: readonly Predicate[]): Reason | undefined {
  for (const predicate of predicates) {
    const reason = predicate(pair);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function parsed({ cert, key }: Pair): Parsed | undefined {
  try {
    createPrivateKey(key.reveal());
    return { certificate: new X509Certificate(cert), key: key.reveal() };
  } catch {
    return undefined;
  }
}
