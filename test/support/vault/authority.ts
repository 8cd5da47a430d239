import { randomBytes } from 'node:crypto';
import forge from 'node-forge';
import { createAuthority, skewMs, type Pair } from '../../../certs/material.ts';

export interface Grant {
  readonly now: Date;
  readonly lifeMs: number;
  /** Those of the request where absent. */
  readonly dnsNames?: readonly string[];
  readonly isForServers?: boolean;
  /** PEM; that of the request where absent. */
  readonly publicKey?: string;
}

/** An authority that signs requests as a PKI secrets engine does, and whatever else a test wants signed. */
export class Authority {
  readonly pair: Pair;
  /** PEM of who signed it, up to the root. */
  readonly above: readonly string[];

  constructor(pair: Pair, above: readonly string[] = []) {
    this.pair = pair;
    this.above = above;
  }

  static async root(now: Date, lifeMs = 10 * 365 * 86_400_000, name = 'root'): Promise<Authority> {
    return new Authority(await createAuthority({ name, lifeMs, now }));
  }

  /** PEM, its own first. */
  get chain(): readonly string[] {
    return [this.pair.cert, ...this.above];
  }

  /** An authority below this one. */
  async intermediate(now: Date, lifeMs: number): Promise<Authority> {
    const { cert, key } = await createAuthority({ name: 'intermediate', lifeMs, now });
    const below = forge.pki.certificateFromPem(cert);
    below.setIssuer(forge.pki.certificateFromPem(this.pair.cert).subject.attributes);
    below.sign(forge.pki.privateKeyFromPem(this.pair.key.reveal()), forge.md.sha256.create());
    return new Authority({ cert: forge.pki.certificateToPem(below), key }, this.chain);
  }

  /** A certificate in PEM for the RSA key of a request. */
  sign(request: string, { now, lifeMs, dnsNames, isForServers = true, publicKey }: Grant): string {
    const asked = forge.pki.certificationRequestFromPem(request);
    const certificate = forge.pki.createCertificate();
    const key = publicKey === undefined ? asked.publicKey : forge.pki.publicKeyFromPem(publicKey);
    if (key === null || !asked.verify()) throw new Error('the request is not signed by its own key');
    certificate.publicKey = key;
    certificate.serialNumber = `01${randomBytes(8).toString('hex')}`;
    certificate.validity.notBefore = new Date(now.getTime() - skewMs);
    certificate.validity.notAfter = new Date(now.getTime() + lifeMs);
    certificate.setSubject(asked.subject.attributes);
    certificate.setIssuer(forge.pki.certificateFromPem(this.pair.cert).subject.attributes);
    const names = dnsNames?.map((value) => ({ type: 2, value })) ?? namesIn(asked);
    certificate.setExtensions([
      { name: 'extKeyUsage', ...(isForServers ? { serverAuth: true } : { clientAuth: true }) },
      { name: 'subjectAltName', altNames: names },
    ]);
    certificate.sign(forge.pki.privateKeyFromPem(this.pair.key.reveal()), forge.md.sha256.create());
    return forge.pki.certificateToPem(certificate);
  }
}

function namesIn(request: forge.pki.CertificateSigningRequest): readonly object[] {
  const extensions = request.getAttribute({ name: 'extensionRequest' }) as {
    readonly extensions: readonly { readonly name: string; readonly altNames: readonly object[] }[];
  } | null;
  return extensions?.extensions.find(({ name }) => name === 'subjectAltName')?.altNames ?? [];
}
