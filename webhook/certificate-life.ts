import { X509Certificate } from 'node:crypto';
import type { Pair } from '../certs/material.ts';
import type { WebhookMetrics } from './metrics.ts';

/** Tells the life of the certificate that is served from now on, so that an alarm can know how much of it is left. */
export function tellLife({ cert }: Pair, metrics: Pick<WebhookMetrics, 'notBefore' | 'notAfter'>): void {
  const { validFromDate, validToDate } = new X509Certificate(cert);
  metrics.notBefore.set(validFromDate.getTime() / 1000);
  metrics.notAfter.set(validToDate.getTime() / 1000);
}
