import { mostNamed, protection, type Deletion } from '../src/checks/protection.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { customType, namespaceType } from '../src/kube/core-types.ts';
import type { KubeObject } from '../src/kube/resource.ts';
import type { SchemaCheck } from '../src/model/checked.ts';
import type { KindTable } from '../src/model/kind-table.ts';
import type { Kind } from '../src/model/kind.ts';
import { refersTo } from '../src/model/references.ts';
import type { Resource } from '../src/model/resource.ts';
import type { AdmissionRequest } from './admission-review.ts';
import { allowed, refused, type Verdict } from './answer.ts';
import type { Cache } from './cache.ts';
import { isDeliveryTool, type Enforcement } from '../src/checks/enforcement.ts';

export interface ProtectSteps {
  readonly table: KindTable;
  readonly schemas: SchemaCheck;
  readonly cache: Pick<Cache, 'users' | 'namespace' | 'enforcement'>;
  readonly client: Pick<KubeClient, 'get'>;
  readonly enforcement: Enforcement;
  readonly deliveryTools: readonly string[];
}

const found = (verdict: 'deny' | 'warn') => [{ check: 'protection' as const, verdict }];

/** The longest warning that the API server passes on. */
const maxWarning = 256;

/** Answers the deletion of a resource: judged by what the informers hold, and before a refusal by what really is. */
export async function protect(
  { user, fieldManager, dryRun }: AdmissionRequest,
  row: Kind,
  object: Resource,
  steps: ProtectSteps,
): Promise<Verdict> {
  const { cache, deliveryTools } = steps;
  const { namespace } = object.metadata;
  const deletion: Deletion = {
    object,
    namespace: cache.namespace(namespace),
    users: cache.users(row, object),
    username: user.username,
    isTool: isDeliveryTool({ fieldManager, username: user.username }, deliveryTools),
    dryRun,
    enforcement: cache.enforcement(namespace) ?? steps.enforcement,
  };
  if (protection(deletion).is === 'free') return allowed;
  const verdict = protection(await confirmed(deletion, row, steps));
  switch (verdict.is) {
    case 'free':
      return allowed;
    case 'warned':
      return { allowed: true, warnings: [shortened(verdict.message)], found: found('warn') };
    case 'refused':
      return { ...refused(403, verdict.message), found: found('deny') };
  }
}

/**
 * The same question with what the API server says now: whether those that would be named are there and refer to the
 * object, and what stands on the namespace. Where it doesn't answer, the informers are believed.
 */
async function confirmed(deletion: Deletion, row: Kind, steps: ProtectSteps): Promise<Deletion> {
  const { client } = steps;
  try {
    const [namespace, users] = await Promise.all([
      client.get<KubeObject>(namespaceType, undefined, deletion.object.metadata.namespace),
      confirmedUsers(deletion, row, steps),
    ]);
    return { ...deletion, namespace: namespace ?? deletion.namespace, users };
  } catch {
    return deletion;
  }
}

/** Asks for as many as a message names, and for more only where some of them are gone. */
async function confirmedUsers(
  { object, users }: Deletion,
  row: Kind,
  steps: ProtectSteps,
): Promise<readonly Resource[]> {
  const referent = { row, name: object.metadata.name, spec: object.spec };
  const sure: Resource[] = [];
  let at = 0;
  while (sure.length < mostNamed && at < users.length) {
    const asked = users.slice(at, at + mostNamed - sure.length);
    at += asked.length;
    const answers = await Promise.all(asked.map((user) => stillRefers(user, referent, steps)));
    sure.push(...asked.filter((_, index) => answers[index] === true));
  }
  return [...sure, ...users.slice(at)];
}

async function stillRefers(
  { kind, metadata }: Resource,
  referent: Parameters<typeof refersTo>[2],
  { table, schemas, client }: ProtectSteps,
): Promise<boolean> {
  const row = table.get(kind);
  const live = await client.get<KubeObject>(customType(row), metadata.namespace, metadata.name);
  if (live === undefined || live.metadata.deletionTimestamp !== undefined) return false;
  const { spec } = schemas.check(row, live.spec);
  return spec !== undefined && refersTo(row, spec, referent);
}

function shortened(message: string): string {
  return message.length > maxWarning ? `${message.slice(0, maxWarning - 1)}…` : message;
}
