import type { Plan } from '../../src/compare/plan.ts';
import type { Write } from './carry-out.ts';
import type { Found } from './observe.ts';
import type { Outcome } from './outcome.ts';
import type { Standing } from '../../src/model/standing.ts';

export function unreachable(problem: string, standing: Standing | undefined): Outcome {
  return { is: 'failing', reason: 'Unreachable', message: problem, retryAfterMs: undefined, standing };
}

export function taken(
  { by, differences }: Extract<Plan, { is: 'taken' }>,
  standing: Standing | undefined,
): Outcome {
  const message =
    by === undefined
      ? `something that is not managed by Portcullis stands there already and differs in ${list(differences)}; the annotation adoption-policy says whether it may be taken over`
      : `what stands there belongs to ${by.kind} ${by.namespace}/${by.name}${by.cluster === '' ? '' : ` of cluster ${by.cluster}`}`;
  return { is: 'refused', reason: 'Taken', message, standing };
}

export function ambiguous({ candidates }: Found, standing: Standing | undefined): Outcome {
  const message = `each of ${candidates.join(', ')} could be it; nothing is created, changed or deleted until a single one of them is left`;
  return { is: 'refused', reason: 'Ambiguous', message, standing };
}

export function observed(
  next: Write | Extract<Plan, { is: 'fixed' }>,
  standing: Standing | undefined,
): Outcome {
  const would = wouldDo(next);
  return { is: 'waiting', reason: 'Observing', message: would, wokenBy: 'time', standing };
}

function wouldDo(next: Write | Extract<Plan, { is: 'fixed' }>): string {
  switch (next.is) {
    case 'create':
      return 'it would be created';
    case 'change':
      return `it would be changed in ${list(next.differences)}`;
    case 'fixed':
      return `it differs in ${list(next.fields)}, which only a new creation changes`;
  }
}

function list(differences: readonly string[]): string {
  return differences.length === 0 ? 'nothing' : differences.slice(0, 5).join(', ');
}
