import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Subject {
  /** For a client: the user. */
  readonly commonName: string;
  /** For a client: the groups. */
  readonly organizations?: readonly string[];
  /** For a server: its names and addresses. A client has none. */
  readonly hosts?: readonly string[];
  /** Whether its time is over already. */
  readonly expired?: boolean;
}

const makeKeys = promisify(generateKeyPair);
const dayMs = 24 * 60 * 60 * 1000;

/** Signs the certificates of one cluster. RSA, because forge knows nothing else; keys are made off the main thread. */
export class CertificateAuthority {
  readonly pair: KeyPair;

  constructor(pair: KeyPair) {
    this.pair = pair;
  }

  static async create(): Promise<CertificateAuthority> {
    const keys = await rsaKeys();
    const name = [{ name: 'commonName', value: 'portcullis local cluster' }];
    const certificate = sign(keys.publicKey, keys.privateKey, name, name, [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ]);
    return new CertificateAuthority({ certificate, key: keys.privateKey });
  }

  async issue({ commonName, organizations = [], hosts = [], expired = false }: Subject): Promise<KeyPair> {
    const keys = await rsaKeys();
    const subject = [
      ...organizations.map((value) => ({ name: 'organizationName', value })),
      { name: 'commonName', value: commonName },
    ];
    const issuer = forge.pki.certificateFromPem(this.pair.certificate).subject.attributes;
    const altNames = hosts.map((host) =>
      /^[\d.]+$/.test(host) ? { type: 7, ip: host } : { type: 2, value: host },
    );
    const extensions = [
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', ...(hosts.length > 0 ? { serverAuth: true } : { clientAuth: true }) },
      ...(altNames.length > 0 ? [{ name: 'subjectAltName', altNames }] : []),
    ];
    const days = expired ? -0.5 : undefined;
    const certificate = sign(keys.publicKey, this.pair.key, subject, issuer, extensions, days);
    return { certificate, key: keys.privateKey };
  }
}

/** The key pair that signs service-account tokens. */
export async function serviceAccountKeys(): Promise<{ publicKey: string; privateKey: string }> {
  return await makeKeys('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
}

async function rsaKeys(): Promise<{ publicKey: string; privateKey: string }> {
  return await makeKeys('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

function sign(
  publicKey: string,
  signingKey: string,
  subject: forge.pki.CertificateField[],
  issuer: forge.pki.CertificateField[],
  extensions: object[],
  days = 365,
): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // A leading zero nibble keeps the number positive.
  certificate.serialNumber = `0${randomBytes(16).toString('hex').slice(1)}`;
  certificate.validity.notBefore = new Date(Date.now() - dayMs);
  certificate.validity.notAfter = new Date(Date.now() + days * dayMs);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  certificate.setExtensions(extensions);
  certificate.sign(forge.pki.privateKeyFromPem(signingKey), forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}
