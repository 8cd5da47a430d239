import type { WebhookReplica } from './stack.ts';

/** How many reviews a replica's validating webhook has answered since it started. */
export async function reviewsOf({ probeUrl }: WebhookReplica): Promise<number> {
  const text = await (await fetch(`${probeUrl}/metrics`)).text();
  const series = /^portcullis_admission_reviews_total\{[^}]*\} (\d+)$/gm;
  return [...text.matchAll(series)].reduce((sum, [, count]) => sum + Number(count), 0);
}
