import { X509Certificate } from 'node:crypto';
import { group } from '../src/model/generation.ts';
import { bundleOf, certificatesIn } from './bundle.ts';
import type { Trusted } from './source.ts';

/**
 * Where replicas tell each other until when an authority in the `caBundle` is needed: JSON, the SHA-256 of each
 * certificate and a moment. So a replica that has changed to another authority does not take away the one whose
 * certificates others still serve, and none stays longer than somebody needs it.
 */
export const trustedUntilAnnotation = `${group}/trusted-until`;

/**
 * An authority without a moment was put there by replicas that know of none, before an update, or by somebody who
 * restored the configuration. It stays for as long as an update may take, in milliseconds.
 */
const unmarkedMs = 3_600_000;

/** What stands in a configuration. */
export interface Standing {
  /** PEM of every `caBundle` in it. */
  readonly bundles: readonly string[];
  readonly annotation: string | undefined;
}

export interface Joined {
  readonly bundle: string;
  /** What the annotation is to say; undefined where it is left as it is. */
  readonly annotation: string | undefined;
}

/** Our authorities, and those beside them that others still need. The same whoever asks, so that nobody undoes anybody's. */
export function joined(own: readonly Trusted[], standing: Standing, now: Date): Joined {
  const marks = marksIn(standing.annotation);
  const there = standing.bundles.flatMap(certificatesIn).map((pem) => ({
    pem,
    until: marks.get(fingerprint(pem)) ?? new Date(now.getTime() + unmarkedMs),
  }));
  const latest = new Map<string, Trusted>();
  for (const one of [...there, ...own]) {
    const key = fingerprint(one.pem);
    const known = latest.get(key);
    if (known === undefined || known.until < one.until) latest.set(key, one);
  }
  const needed = [...latest]
    .filter(([key, { until }]) => key !== '' && until > now)
    // Those needed longest stand first: a bundle has room for so many.
    .toSorted(([a, one], [b, other]) => other.until.getTime() - one.until.getTime() || (a < b ? -1 : 1));
  const bundle = bundleOf(
    needed.map(([, { pem }]) => pem),
    now,
  );
  const kept = new Set(certificatesIn(bundle).map(fingerprint));
  const moments = needed
    .filter(([key]) => kept.has(key))
    .map(([key, { until }]) => [key, until.toISOString()]);
  return { bundle, annotation: JSON.stringify(Object.fromEntries(moments)) };
}

/** A bundle that is the same for all replicas, and beside it what others have marked as needed. */
export function besides(bundle: string, standing: Standing, now: Date): Joined {
  const marks = marksIn(standing.annotation);
  const marked = standing.bundles
    .flatMap(certificatesIn)
    .filter((pem) => (marks.get(fingerprint(pem)) ?? now) > now);
  if (marked.length === 0) return { bundle, annotation: undefined };
  return { bundle: bundleOf([bundle, ...marked.toSorted()], now), annotation: undefined };
}

function marksIn(annotation: string | undefined): ReadonlyMap<string, Date> {
  try {
    const marks = JSON.parse(annotation ?? '{}') as Readonly<Record<string, unknown>> | null;
    return new Map(
      Object.entries(marks ?? {})
        .map(([key, until]) => [key, new Date(String(until))] as const)
        .filter(([, until]) => !Number.isNaN(until.getTime())),
    );
  } catch {
    return new Map();
  }
}

/** Empty for what is no certificate. */
function fingerprint(pem: string): string {
  try {
    return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
  } catch {
    return '';
  }
}
