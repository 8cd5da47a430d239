import { denied, warned } from '../../src/checks/input.ts';
import { adviceOf, faultsOf, type PolicyContext } from '../../src/review/compile.ts';
import { reviewFindings } from '../../src/review/findings.ts';
import { publicValuesOf } from '../../src/review/public-values.ts';
import { Reviewer, type StoredPolicy } from '../../src/review/reviewer.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { selectedBy } from '../../src/selection/gateways.ts';
import type { ReviewQuestion, Reviewing } from './bench.ts';
import type { FilesView } from './files-view.ts';
import type { Said } from './judge.ts';

/** Nobody is known to ask, before anything is applied: rules about users see an empty name. */
const nobody = { user: '', groups: [], dryRun: false, fieldManager: 'kubectl-client-side-apply' };

/** Lets `work` judge by review policies. Later ones replace earlier ones of their name. */
export async function reviewingBy<T>(
  policies: readonly StoredPolicy[],
  { clock, ...known }: PolicyContext & { readonly clock: Clock },
  work: (reviewing: Reviewing) => Promise<T>,
): Promise<T> {
  const reviewer = new Reviewer({ ...known, clock });
  try {
    reviewer.setPolicies([...new Map(policies.map((policy) => [policy.name, policy])).values()]);
    return await work((view) => ({
      review: (question) => reviewed(question, view, reviewer, clock.now()),
      faultsOfPolicy: (spec) => [
        ...faultsOf(spec, known).map((fault): Said => ({ ...denied(fault), check: 'review' })),
        ...adviceOf(spec, { ...known, now: clock.now() }).map((fault): Said => ({
          ...warned(fault),
          check: 'review',
        })),
      ],
    }));
  } finally {
    await reviewer[Symbol.asyncDispose]();
  }
}

async function reviewed(
  { row, object, old, keys }: ReviewQuestion,
  view: FilesView,
  reviewer: Reviewer,
  now: Date,
): Promise<readonly Said[]> {
  if (!reviewer.isNeeded) return [];
  const { namespace } = object.metadata;
  const gateways = view.gateways();
  const breaches = await reviewer.review({
    row,
    object,
    old,
    request: { ...nobody, operation: old === undefined ? 'CREATE' : 'UPDATE' },
    namespace: {
      name: namespace,
      labels: view.labelsOf(namespace),
      annotations: view.annotationsOf(namespace),
    },
    selected: selectedBy(gateways, object),
    ...(old === undefined ? {} : { selectedBefore: selectedBy(gateways, old) }),
    now,
    ...(row.secretsArePublic === true ? { publicValues: publicValuesOf(keys) } : {}),
  });
  return reviewFindings(breaches);
}
