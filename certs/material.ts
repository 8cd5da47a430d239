import { generateKeyPair, randomBytes, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { Sensitive } from '../src/runtime/sensitive.ts';

/** A certificate in PEM, with those that lead to its authority if there are any, and its private key in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: Sensitive;
}

/** What is kept for all replicas. */
export interface Material {
  /** The authority that signs. */
  readonly authority: Pair;
  /** The one that will sign next; trusted already, so that whoever calls knows it when its turn comes. */
  readonly successor?: Pair;
  /** PEM of every authority that clients are to trust: these two, and those that signed before. */
  readonly bundle: string;
  readonly leaf: Pair;
}

/** Clocks differ: what is valid from now on is, for another machine, not valid yet. In milliseconds. */
export const skewMs = 5 * 60_000;

interface Life {
  readonly lifeMs: number;
  readonly now: Date;
}

/** A new authority of its own. The key is made off the main thread. */
export async function createAuthority(options: Life & { readonly name: string }): Promise<Pair> {
  const { publicKey, key, privateKey } = await newKey();
  const subject = [{ name: 'commonName', value: options.name }];
  const certificate = unsigned(publicKey, options);
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(privateKey, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key };
}

/** A serving pair for the given DNS names, signed by the authority, within whose life it lies. */
export async function issueLeaf(
  authority: Pair,
  options: Life & { readonly dnsNames: readonly string[] },
): Promise<Pair> {
  const { publicKey, key } = await newKey();
  const issuer = forge.pki.certificateFromPem(authority.cert);
  const certificate = unsigned(publicKey, options);
  const { validity } = certificate;
  // What outlives its authority could not be verified for the rest of its life.
  validity.notAfter = earlier(validity.notAfter, issuer.validity.notAfter);
  validity.notBefore = later(validity.notBefore, issuer.validity.notBefore);
  // Names are judged by the alternative names; a common name longer than 64 characters would not be valid.
  certificate.setSubject([{ name: 'commonName', value: (options.dnsNames[0] ?? 'webhook').slice(0, 64) }]);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: options.dnsNames.map((value) => ({ type: 2, value })) },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(authority.key.reveal()), forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key };
}

/** The DNS names that a certificate is for. */
export function namesOf({ cert }: Pair): readonly string[] {
  const { subjectAltName = '' } = new X509Certificate(cert);
  return [...subjectAltName.matchAll(/DNS:([^,\s"]+)/g)].map(([, name = '']) => name);
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}

function unsigned(publicKey: forge.pki.PublicKey, { lifeMs, now }: Life): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  // 16 random bytes; the first bit stays clear because serial numbers are positive (RFC 5280, 4.1.2.2).
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x01;
  certificate.serialNumber = serial.toString('hex');
  certificate.validity.notBefore = new Date(now.getTime() - skewMs);
  // X.509 knows whole seconds; a short life should not lose one of its few.
  certificate.validity.notAfter = new Date(Math.ceil((now.getTime() + lifeMs) / 1000) * 1000);
  return certificate;
}

const generate = promisify(generateKeyPair);

async function newKey() {
  const { publicKey, privateKey } = await generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    publicKey: forge.pki.publicKeyFromPem(publicKey),
    privateKey: forge.pki.privateKeyFromPem(privateKey),
    key: new Sensitive(privateKey),
  };
}
