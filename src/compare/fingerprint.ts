import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Document } from '../model/document.ts';
import type { Kind } from '../model/kind.ts';
import { PerValue } from '../model/per-value.ts';
import type { Sensitive } from '../runtime/sensitive.ts';
import { canonical } from './canonical.ts';

/**
 * HMAC-SHA-256 of what stands at a gateway and can't be seen there: the document, and `rendered`, the fingerprints
 * of the secrets that the gateway copies into it at each write. Keyed, as a plain hash of a short secret can be
 * guessed. Fields that a kind can change on their own stay out: the rest is what a change of them can't mend.
 */
export function fingerprintOf(
  row: Kind,
  document: Document,
  rendered: readonly string[],
  key: Sensitive,
): string {
  return digest([fixedPart(row, document), rendered.toSorted()], key);
}

/**
 * A digest of each field that only a new creation changes; undefined for kinds that have none. The mark goes in, so that
 * nobody learns from two digests that two resources share a secret.
 */
export function fixedDigests(
  row: Kind,
  document: Document,
  mark: string,
  key: Sensitive,
): Readonly<Record<string, string>> | undefined {
  if (row.update.by !== 'fields') return undefined;
  const fixed = Object.entries(fixedPart(row, document));
  return Object.fromEntries(
    fixed.map(([field, value]) => [field, digest([mark, field, value], key).slice(0, digestLength)]),
  );
}

/** Characters of a digest that is only compared with the one before it: 96 bits. */
const digestLength = 16;

function fixedPart(row: Kind, document: Document): Document {
  const fields = row.update.by === 'fields' ? row.update.fields : [];
  return Object.fromEntries(
    Object.entries(document).filter(([field, value]) => !fields.includes(field) && value !== undefined),
  );
}

function digest(content: unknown, key: Sensitive): string {
  return createHmac('sha256', keyObjectOf(key)).update(canonical(content)).digest('base64url');
}

/** Made once: to find out anew what bytes are good for takes Node four times as long as the digest itself. */
const keyObjects = new PerValue<KeyObject>();

function keyObjectOf(key: Sensitive): KeyObject {
  return keyObjects.of(key, '', () => createSecretKey(Buffer.from(key.reveal(), 'base64')));
}
