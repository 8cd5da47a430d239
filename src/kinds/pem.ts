import { X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '../model/derived.ts';
import type { Violation } from '../model/violation.ts';

const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/**
 * What keeps a text from being the certificates that a gateway may trust. The text itself is never repeated:
 * whoever pastes a private key by mistake must not find it in an error. Without `now` validity is not looked at.
 */
export function certificateFaults(path: string, pem: string, now: Date | undefined): readonly Violation[] {
  const blocks = blocksOf(pem);
  if (blocks.some(({ label }) => label.includes('PRIVATE KEY'))) {
    return [
      {
        path,
        fault: 'contains a private key, which the gateway would store',
        remedy: 'give the certificate only',
      },
    ];
  }
  const certificates = certificatesOf(pem);
  if (certificates.length === 0) {
    return [{ path, fault: 'has no PEM certificate', remedy: 'it must contain -----BEGIN CERTIFICATE-----' }];
  }
  return certificates.flatMap(({ certificate, which }) => {
    if (certificate === undefined) return [{ path, fault: `is not a readable certificate${which}` }];
    if (now === undefined) return [];
    const { validFromDate, validToDate } = certificate;
    if (validToDate <= now) return [{ path, fault: `expired on ${day(validToDate)}${which}` }];
    if (validFromDate > now) return [{ path, fault: `is not valid before ${day(validFromDate)}${which}` }];
    return [];
  });
}

/** So long before its end a certificate is worth a word, in days. */
const soonDays = 30;

/** Which certificates end soon. */
export function expiryAdvice(path: string, pem: string, now: Date | undefined): readonly Violation[] {
  if (now === undefined) return [];
  return certificatesOf(pem).flatMap(({ certificate, which }) => {
    const end = certificate?.validToDate;
    if (end === undefined || end <= now) return [];
    const days = (end.getTime() - now.getTime()) / 86_400_000;
    return days > soonDays
      ? []
      : [{ path, fault: `expires on ${day(end)}${which}`, remedy: 'renew it soon' }];
  });
}

/** Those that can be read. */
export function certificateFacts(pem: string): readonly CertificateFacts[] {
  return certificatesOf(pem).flatMap(({ certificate }) =>
    certificate === undefined
      ? []
      : [{ subject: certificate.subject.replaceAll('\n', ', '), notAfter: certificate.validToDate }],
  );
}

function blocksOf(pem: string): readonly { readonly label: string; readonly text: string }[] {
  return [...pem.matchAll(block)].map((match) => ({ label: match[1] ?? '', text: match[0] }));
}

interface Read {
  /** Undefined where it can't be read. */
  readonly certificate: X509Certificate | undefined;
  /** Which of several, for a message. */
  readonly which: string;
}

function certificatesOf(pem: string): readonly Read[] {
  const texts = blocksOf(pem).filter(({ label }) => label === 'CERTIFICATE');
  return texts.map(({ text }, index) => ({
    certificate: read(text),
    which: texts.length === 1 ? '' : ` (certificate ${index + 1} of ${texts.length})`,
  }));
}

function read(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
