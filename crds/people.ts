import { group } from '../src/model/generation.ts';
import type { Kind } from '../src/model/kind.ts';

/** What people may do with our kinds who have one of Kubernetes' roles `view`, `edit` and `admin` in a namespace. */
export interface PeoplesRoles {
  readonly view: readonly object[];
  readonly edit: readonly object[];
  readonly admin: readonly object[];
  /** A role of its own, in the whole cluster: who may say by what everybody else is judged. */
  readonly security: readonly object[];
}

const reading = ['get', 'list', 'watch'];
const writing = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/**
 * `view` leaves out what may hold a credential, as it leaves out Secrets. Whoever edits resources need not be who says
 * where gateways are and how they are signed in to: that is for `admin`. `admin` has whatever `edit` has. Policies
 * are of no namespace: everybody may be shown them by a binding in the whole cluster, and none of the three may write them.
 */
export function peoplesRoles(
  rows: readonly Pick<Kind, 'plural' | 'secrets' | 'secretsArePublic'>[],
  gateway: string,
  policy: { readonly group: string; readonly plural: string },
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
  const policies = (verbs: readonly string[]) => ({
    apiGroups: [policy.group],
    resources: [policy.plural],
    verbs: [...verbs],
  });
  return {
    view: [rule([...harmless.map(({ plural }) => plural), gateway], reading), policies(reading)],
    edit: [rule(plurals, [...reading, ...writing])],
    admin: [rule([gateway], writing)],
    security: [policies([...reading, ...writing])],
  };
}
