/** One replica of those that share the work. */
export interface Member {
  readonly identity: string;
  /** When it came, in ISO 8601. */
  readonly since: string;
}

/**
 * How many shards a replica is to hold. What can't be divided goes to those who came first, so that nobody gives up a
 * shard because somebody else went or came, unless it has more than its share. Undefined where it is no member.
 */
export function fairShare(identity: string, members: readonly Member[], shards: number): number | undefined {
  const seniority = members.toSorted((a, b) => order(a).localeCompare(order(b), 'en'));
  const rank = seniority.findIndex((member) => member.identity === identity);
  if (rank < 0) return undefined;
  const rest = shards % members.length;
  return Math.floor(shards / members.length) + (rank < rest ? 1 : 0);
}

function order({ since, identity }: Member): string {
  return `${since} ${identity}`;
}
