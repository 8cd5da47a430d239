import type { BindingStatus } from './status.ts';

/** What stands at a gateway, as far as we know. */
export type Standing = Pick<
  BindingStatus,
  | 'id'
  | 'parent'
  | 'fingerprint'
  | 'fixed'
  | 'lastSyncTime'
  | 'remoteUpdatedAt'
  | 'unkept'
  | 'observedGeneration'
>;

/** A fingerprint of something that was sent, and never answered. It equals none, so that nothing is taken for granted. */
export const unconfirmed = 'unconfirmed';

/** Whether something of ours stands there for sure. */
export function isThere(standing: Standing | undefined): boolean {
  return standing?.fingerprint !== undefined && standing.fingerprint !== unconfirmed;
}

/** Whether something of ours may stand there. */
export function mayBeThere(standing: Standing | undefined): boolean {
  return standing?.fingerprint !== undefined || standing?.id !== undefined;
}

/** What is known of an entry beyond its last ending. */
export function standingOf(entry: BindingStatus | undefined): Standing | undefined {
  if (entry === undefined) return undefined;
  const { id, parent, fingerprint, fixed, lastSyncTime, remoteUpdatedAt, unkept, observedGeneration } = entry;
  const known = { id, parent, fingerprint, fixed, lastSyncTime, remoteUpdatedAt, unkept, observedGeneration };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}
