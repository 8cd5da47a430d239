import { X509Certificate } from 'node:crypto';
import type { Violation } from '../model/violation.ts';

const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/**
 * What keeps a text from being the certificates that a gateway may trust. The text itself is never repeated:
 * whoever pastes a private key by mistake must not find it in an error.
 */
export function certificateFaults(path: string, pem: string): readonly Violation[] {
  const blocks = [...pem.matchAll(block)].map((match) => ({ label: match[1] ?? '', text: match[0] }));
  if (blocks.some(({ label }) => label.includes('PRIVATE KEY'))) {
    return [
      {
        path,
        fault: 'contains a private key, which the gateway would store',
        remedy: 'give the certificate only',
      },
    ];
  }
  const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE');
  if (certificates.length === 0) {
    return [{ path, fault: 'has no PEM certificate', remedy: 'it must contain -----BEGIN CERTIFICATE-----' }];
  }
  return certificates.flatMap(({ text }, index) => {
    const which = certificates.length === 1 ? '' : ` (certificate ${index + 1} of ${certificates.length})`;
    try {
      new X509Certificate(text);
      return [];
    } catch {
      return [{ path, fault: `is not a readable certificate${which}` }];
    }
  });
}
