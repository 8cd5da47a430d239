import { annotation } from '../model/annotations.ts';
import type { Resource } from '../model/resource.ts';
import { asksBeyond, grantFor, isGranted } from './reach.ts';

/**
 * What is to become of the annotation at a creation or an update: it stays as it is, goes, is the one that was granted
 * before, or depends on whether the requester may grant.
 */
export type Granting = 'leave' | 'drop' | 'keep' | 'ask';

/**
 * Asks the requester only for what is new. So who may not grant can change everything else of a gateway that was
 * granted its reach, and who may does not grant anything by an edit of another field. A write that merely lacks the
 * annotation, as a replacement by a delivery tool does, takes nothing away.
 */
export function grantingOf(object: Resource, old: Resource | undefined): Granting {
  const isAsBefore = old !== undefined && grantFor(old) === grantFor(object);
  if (isAsBefore && valueOf(old) === valueOf(object)) return 'leave';
  if (!asksBeyond(object)) return 'drop';
  return isAsBefore && isGranted(old) ? 'keep' : 'ask';
}

function valueOf({ metadata }: Resource): string | undefined {
  return metadata.annotations?.[annotation.reach];
}

/** An APIGateway as the webhook leaves it: with what was granted to it, and without what was not. */
export async function grantedTo(
  object: Resource,
  old: Resource | undefined,
  mayGrant: () => Promise<boolean>,
): Promise<Resource> {
  const grant = await grantOf(object, old, mayGrant);
  if (grant === valueOf(object)) return object;
  const { [annotation.reach]: _, ...others } = object.metadata.annotations ?? {};
  const annotations = grant === undefined ? others : { ...others, [annotation.reach]: grant };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** What the annotation is to say. */
export async function grantOf(
  object: Resource,
  old: Resource | undefined,
  mayGrant: () => Promise<boolean>,
): Promise<string | undefined> {
  switch (grantingOf(object, old)) {
    case 'leave':
      return valueOf(object);
    case 'drop':
      return undefined;
    case 'keep':
      return grantFor(object);
    case 'ask':
      return (await mayGrant()) ? grantFor(object) : undefined;
  }
}
