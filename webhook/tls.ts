import { readFile } from 'node:fs/promises';
import type { SecureContextOptions } from 'node:tls';
import type { Pair } from '../certs/material.ts';
import type { WebhookSettings } from './settings.ts';

/** What TLS 1.2 may use, where it is allowed at all: forward secrecy and authenticated encryption only. */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
].join(':');

export interface TlsOptions extends SecureContextOptions {
  readonly requestCert?: boolean;
  readonly rejectUnauthorized?: boolean;
}

/** How TLS is spoken with the API server, but for the certificate. The file of client CAs is read anew each time. */
export async function tlsOptions({
  minTls,
  clientCaFile,
}: Pick<WebhookSettings, 'minTls' | 'clientCaFile'>): Promise<TlsOptions> {
  const base = { minVersion: minTls, ciphers, honorCipherOrder: true };
  if (clientCaFile === undefined) return base;
  return { ...base, ca: await readFile(clientCaFile), requestCert: true, rejectUnauthorized: true };
}

/** The pair as Node's TLS takes it. */
export function exposed({ cert, key }: Pair): { readonly cert: string; readonly key: string } {
  return { cert, key: key.reveal() };
}
