import { group } from '../src/model/generation.ts';
import type { Kind } from '../src/model/kind.ts';

/** What people may do with our kinds who have one of Kubernetes' roles `view`, `edit` and `admin` in a namespace. */
export interface PeoplesRoles {
  readonly view: readonly object[];
  readonly edit: readonly object[];
  readonly admin: readonly object[];
}

const reading = ['get', 'list', 'watch'];
const writing = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/**
 * `view` leaves out what may hold a credential, as it leaves out Secrets. Whoever edits resources need not be who says
 * where gateways are and how they are signed in to: that is for `admin`. `admin` has whatever `edit` has.
 */
export function peoplesRoles(
  rows: readonly Pick<Kind, 'plural' | 'secrets' | 'secretsArePublic'>[],
  gateway: string,
): PeoplesRoles {
  const plurals = rows.map(({ plural }) => plural);
  const harmless = rows.filter(
    ({ secrets, secretsArePublic = false }) => secrets.length === 0 || secretsArePublic,
  );
  const rule = (resources: readonly string[], verbs: readonly string[]) => ({
    apiGroups: [group],
    resources: [...resources],
    verbs: [...verbs],
  });
  return {
    view: [rule([...harmless.map(({ plural }) => plural), gateway], reading)],
    edit: [rule(plurals, [...reading, ...writing])],
    admin: [rule([gateway], writing)],
  };
}
