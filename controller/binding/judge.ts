import type { Generation } from '../../src/model/generation.ts';
import { PerValue } from '../../src/model/per-value.ts';
import { sentence, type Violation } from '../../src/model/violation.ts';
import type { CheckedSpec } from '../../src/model/checked.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Subject } from '../cluster/stored.ts';
import type { RefusedReason } from './outcome.ts';

export type Judgement =
  | { readonly spec: CheckedSpec; readonly fault?: never }
  | { readonly spec?: never; readonly fault: { readonly reason: RefusedReason; readonly message: string } };

/** Whether a gateway of a generation would take a resource, as far as its row can tell. The webhook may have been away. */
export function judge(cluster: Cluster, subject: Subject, generation: Generation | undefined): Judgement {
  const { row, resource } = subject;
  if (generation !== undefined && !row.collection.generations.includes(generation)) {
    const { path, generations } = row.collection;
    const message = `it speaks management API ${generation}, which has no ${path.slice(1)}; ${generations.join(' and ')} has them`;
    return { fault: { reason: 'UnsupportedByGateway', message } };
  }
  return judged.of(resource, generation ?? '', () => ruled(cluster, subject, generation));
}

/** Every comparison asks again. */
const judged = new PerValue<Judgement>();

function ruled(cluster: Cluster, subject: Subject, generation: Generation | undefined): Judgement {
  const { row, resource } = subject;
  const { spec, violations } = cluster.check(subject);
  if (spec === undefined) return { fault: invalid(violations) };
  const { name, namespace } = resource.metadata;
  const broken = row.rules
    .filter(({ warns, admissionOnly }) => warns !== true && admissionOnly !== true)
    .filter(({ generations }) => holds(generations, generation))
    .flatMap((rule) => rule.check({ spec, name, namespace }));
  return broken.length === 0 ? { spec } : { fault: invalid(broken) };
}

/** A rule of some generations is silent while the generation is unknown. */
function holds(generations: readonly Generation[] | undefined, generation: Generation | undefined): boolean {
  return generations === undefined || (generation !== undefined && generations.includes(generation));
}

function invalid(violations: readonly Violation[]) {
  return { reason: 'Invalid' as const, message: violations.map(sentence).join('; ') };
}
