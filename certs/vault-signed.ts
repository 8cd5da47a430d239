import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Sensitive } from '../src/runtime/sensitive.ts';
import { certificatesIn } from './bundle.ts';
import { skewMs, type Pair } from './material.ts';
import { VaultError } from './vault-error.ts';
import { objectAt, type VaultBody } from './vault-transport.ts';

/** A pair that Vault signed, and those who vouch for it. */
export interface Signed {
  readonly pair: Pair;
  /** PEM of each authority of the chain that is not over yet. */
  readonly authorities: readonly string[];
  /** When the pair is of no use any more: its own end, or that of who signed it. */
  readonly end: Date;
}

interface Asked {
  readonly key: Sensitive;
  readonly dnsNames: readonly string[];
  readonly now: Date;
}

/** Reads what Vault answered to a request for a signature, and believes none of it: throws a `VaultError` for a pair of no use. */
export function signedIn(answer: VaultBody, { key, dnsNames, now }: Asked): Signed {
  const { certificate, ca_chain: chain, issuing_ca: issuing } = objectAt(answer, 'data');
  const leaf = readable(textOf(certificate))[0];
  if (leaf === undefined) throw refused('Vault sent no certificate that can be read');
  if (!leaf.checkPrivateKey(createPrivateKey(key.reveal())))
    throw refused('the certificate that Vault sent is for another key');
  const unnamed = dnsNames.filter((name) => leaf.checkHost(name, { subject: 'never' }) === undefined);
  if (unnamed.length > 0)
    throw refused(
      `the certificate that Vault sent is not for ${unnamed.join(', ')}; let the role allow these names, or ask for others by PORTCULLIS_VAULT_NAMES`,
    );
  if (!isForServers(leaf))
    throw refused('the certificate that Vault sent is not for servers; set server_flag at the role');
  checkLife(leaf, now);
  // A root that signs itself has no chain in older versions.
  const named = [chain, issuing].flat().map(textOf).join('\n');
  const authorities = readable(named).filter(({ ca, validToDate }) => ca && validToDate > now);
  const path = pathFrom(leaf, authorities);
  const [signer] = path;
  if (signer === undefined)
    throw refused(
      'no CA of the chain that Vault sent has signed the certificate, or it is over; look at the issuer of the role, and at its chain',
    );
  // A root is known to who trusts it, and needs not be shown.
  const shown = [leaf, ...path.filter((authority) => !isIssuedBy(authority, authority))];
  return {
    pair: { cert: shown.map((one) => one.toString()).join(''), key },
    authorities: [...new Set(authorities.map((authority) => authority.toString()))],
    end: new Date(Math.min(leaf.validToDate.getTime(), signer.validToDate.getTime())),
  };
}

function checkLife({ validFromDate: from, validToDate: to }: X509Certificate, now: Date): void {
  if (to <= now)
    throw refused(
      `the certificate that Vault sent has been over since ${to.toISOString()}; compare the clocks of Vault and of this machine`,
    );
  if (from.getTime() > now.getTime() + skewMs)
    throw refused(
      `the certificate that Vault sent is not valid before ${from.toISOString()}; compare the clocks of Vault and of this machine`,
    );
}

/** Those who vouch for a certificate, the one that signed it first. */
function pathFrom(
  leaf: X509Certificate,
  authorities: readonly X509Certificate[],
): readonly X509Certificate[] {
  const path: X509Certificate[] = [];
  let last = leaf;
  for (;;) {
    const next = authorities.find((one) => !path.includes(one) && isIssuedBy(last, one));
    if (next === undefined) return path;
    path.push(next);
    last = next;
  }
}

function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

const serverAuthentication = '1.3.6.1.5.5.7.3.1';
const anyPurpose = '2.5.29.37.0';

/** Extended key usages; without any, a certificate is for everything. Node's type doesn't know that there may be none. */
function isForServers({ keyUsage }: { readonly keyUsage: readonly string[] | undefined }): boolean {
  return keyUsage === undefined || [serverAuthentication, anyPurpose].some((use) => keyUsage.includes(use));
}

function readable(pem: string): readonly X509Certificate[] {
  return certificatesIn(pem).flatMap((one) => {
    try {
      return [new X509Certificate(one)];
    } catch {
      return [];
    }
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function refused(why: string): VaultError {
  return new VaultError(`could not use what Vault signed because ${why}`, { means: 'refused' });
}
