/**
 * No webhook of ours is called for this namespace, so that nothing of ours can keep a cluster from coming up. What stands
 * there was seen by nobody: it might send off Secrets that its author can not read. So it is never served either.
 */
export const unreviewedNamespace = 'kube-system';

/** For lists and watches of our kinds: everything but what stands there. */
export const reviewedOnly = `metadata.namespace!=${unreviewedNamespace}`;
