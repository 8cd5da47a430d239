import forge from 'node-forge';

const keys = forge.pki.rsa.generateKeyPair(1024);

/** A certificate that is signed by itself; valid from 2026 to 2046 unless said otherwise. */
export function certificatePem(
  commonName: string,
  { notBefore = '2026-01-01', notAfter = '2046-01-01' } = {},
): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(notBefore);
  certificate.validity.notAfter = new Date(notAfter);
  certificate.setSubject([{ name: 'commonName', value: commonName }]);
  certificate.setIssuer([{ name: 'commonName', value: commonName }]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}
