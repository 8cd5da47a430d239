import { createHmac } from 'node:crypto';
import type { Document } from '../model/document.ts';
import type { Kind } from '../model/kind.ts';
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
  const fields = row.update.by === 'fields' ? row.update.fields : [];
  const fixed = Object.fromEntries(Object.entries(document).filter(([field]) => !fields.includes(field)));
  return createHmac('sha256', Buffer.from(key.reveal(), 'base64'))
    .update(canonical([fixed, rendered.toSorted()]))
    .digest('base64url');
}
