import { reviewGroup } from '../kinds/review-policy.ts';

/** On every policy that came with a pack: which one. What bears it is put right and taken away with the pack. */
export const packLabel = `${reviewGroup}/pack`;

/** On the same: a digest of the spec that it came with. */
export const packDigest = `${reviewGroup}/pack-digest`;
