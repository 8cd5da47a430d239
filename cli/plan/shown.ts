import type { Foreseen } from '../../src/compare/foresee.ts';
import { changeText } from '../../src/compare/foretold.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { Cell } from '../output.ts';
import type { Planned } from './planned.ts';

export const planColumns = ['KIND', 'RESOURCE', 'GATEWAY', 'ACTION', 'WHAT'];

/** A line for each change at each gateway. What stays as it is is not shown. */
export function planRows(plan: readonly Planned[]): readonly (readonly Cell[])[] {
  return plan.flatMap((one) => {
    const { kind, metadata } = one.resource;
    const resource = `${metadata.namespace}/${metadata.name}`;
    const why = one.because === 'file' ? '' : ` (${one.because})`;
    const refused = one.refusals.map((line) => [kind, resource, '', bad('refused'), line] as const);
    const steps = one.foreseen.flatMap((foreseen) =>
      stepRows(foreseen).map(
        ([action, what]) => [kind, resource, gatewayKey(foreseen), action, what + why] as const,
      ),
    );
    return [...refused, ...steps];
  });
}

function stepRows(foreseen: Foreseen): readonly (readonly [Cell, string])[] {
  const held = foreseen.held === undefined ? '' : `held: ${foreseen.held}`;
  switch (foreseen.is) {
    case 'same':
      return [];
    case 'create':
      return [[{ text: 'create', tone: 'good' }, held || 'it is new there']];
    case 'remove':
      return [[bad('remove'), held || 'it goes from there']];
    case 'leave':
      return [[{ text: 'leave', tone: 'warning' }, 'it stays there and is nobody’s any more']];
    case 'refuse':
      return [[bad('refused'), foreseen.why]];
    case 'change': {
      const action: Cell = {
        text: foreseen.anew ? 'recreate' : 'change',
        tone: foreseen.anew ? 'bad' : 'warning',
      };
      const lines = foreseen.changes.map((change) => [action, changeText(change)] as const);
      return held === '' ? lines : [...lines, [action, held]];
    }
  }
}

function bad(text: string): Cell {
  return { text, tone: 'bad' };
}

/** The same for programs. Secrets are masked in it as they are for people. */
export function planValue(
  plan: readonly Planned[],
  unread: readonly string[],
  gaps: readonly string[],
): object {
  return {
    resources: plan.map(({ resource, because, refusals, warnings, foreseen }) => ({
      kind: resource.kind,
      namespace: resource.metadata.namespace,
      name: resource.metadata.name,
      because,
      refusals,
      warnings,
      gateways: foreseen.map(({ namespace, name, is, ...more }) => ({
        namespace,
        name,
        action: is,
        ...more,
      })),
    })),
    unread,
    gaps,
  };
}

/** One line for people: how much of what. */
export function planSummary(plan: readonly Planned[]): string {
  const steps = plan.flatMap(({ foreseen }) => foreseen);
  const count = (is: Foreseen['is']) => steps.filter((step) => step.is === is).length;
  const anew = steps.filter((step) => step.is === 'change' && step.anew).length;
  const refused = plan.filter(({ refusals }) => refusals.length > 0).length + count('refuse');
  const nowhere = plan.filter(
    ({ refusals, foreseen }) => refusals.length === 0 && foreseen.length === 0,
  ).length;
  const parts = [
    `${count('create')} to create`,
    `${count('change') - anew} to change`,
    ...(anew > 0 ? [`${anew} to delete and create anew`] : []),
    `${count('remove')} to remove`,
    `${count('same')} to leave as they are`,
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(nowhere > 0 ? [`${nowhere} that no gateway takes`] : []),
  ];
  return `At the gateways: ${parts.join(', ')}.`;
}
