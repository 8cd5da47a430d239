import type { FoundKey } from '../src/checks/input.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { namespaceType } from '../src/kube/core-types.ts';
import type { KubeObject } from '../src/kube/resource.ts';
import type { Kind } from '../src/model/kind.ts';
import type { Resource } from '../src/model/resource.ts';
import type { Breach } from '../src/review/breach.ts';
import { publicValuesOf } from '../src/review/public-values.ts';
import type { Reviewer } from '../src/review/reviewer.ts';
import type { NamespaceFacts } from '../src/review/subject.ts';
import type { Clock } from '../src/runtime/clock.ts';
import { selectedBy } from '../src/selection/gateways.ts';
import type { AdmissionRequest } from './admission-review.ts';
import type { Cache } from './cache.ts';

interface Steps {
  readonly reviewer: Reviewer;
  readonly cache: Pick<Cache, 'gateways' | 'namespace'>;
  readonly client: Pick<KubeClient, 'get'>;
  readonly clock: Clock;
}

/** What the review policies say of a request; nothing is asked or made while there are none. */
export async function reviewed(
  request: AdmissionRequest,
  { row, object, old }: { readonly row: Kind; readonly object: Resource; readonly old: Resource | undefined },
  keys: Promise<readonly FoundKey[]>,
  { reviewer, cache, client, clock }: Steps,
): Promise<readonly Breach[]> {
  if (!reviewer.isNeeded) return [];
  const gateways = cache.gateways();
  return await reviewer.review({
    row,
    object,
    old,
    request: {
      operation: old === undefined ? 'CREATE' : 'UPDATE',
      user: request.user.username,
      groups: request.user.groups,
      dryRun: request.dryRun,
      fieldManager: request.fieldManager,
    },
    namespace: await namespaceFacts(object.metadata.namespace, { cache, client }),
    selected: selectedBy(gateways, object),
    ...(old === undefined ? {} : { selectedBefore: selectedBy(gateways, old) }),
    now: clock.now(),
    ...(row.secretsArePublic === true ? { publicValues: publicValuesOf(await keys) } : {}),
  });
}

/** The labels decide which policies there are, so a namespace that the informer doesn't know yet is asked for. */
async function namespaceFacts(
  name: string,
  { cache, client }: Pick<Steps, 'cache' | 'client'>,
): Promise<NamespaceFacts> {
  const found = cache.namespace(name) ?? (await client.get<KubeObject>(namespaceType, undefined, name));
  const { labels = {}, annotations = {} } = found?.metadata ?? {};
  return { name, labels, annotations };
}
