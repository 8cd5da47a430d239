import { hash } from 'node:crypto';

/**
 * The shard of a key: the first four bytes of its SHA-256, as a number (big-endian), modulo the number of shards. The
 * key is the namespace for resources, `namespace/name` for an APIGateway's own affairs, and the name of what is of no
 * namespace. All replicas of all versions must agree on it.
 */
export function shardOf(key: string, shards: number): number {
  return hash('sha256', key, 'buffer').readUInt32BE(0) % shards;
}
