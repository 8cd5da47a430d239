import type { Kind, Reference } from '../model/kind.ts';
import { satisfies } from '../model/references.ts';
import { denied, warned, type Check, type CheckInput, type View } from './input.ts';

/** Whatever a spec refers to exists in its own namespace, or ships with the gateways. */
export const references: Check = (input) =>
  input.references
    .filter((reference) => !isThere(reference, input) && !input.gathered.confirmed.has(reference))
    .map((reference) => {
      const { namespace } = input.question.object.metadata;
      const named = `refers to ${reference.kinds.join(' or ')} ${reference.name}`;
      const violation = {
        path: reference.path,
        ...(isLeaving(reference, input)
          ? {
              fault: `${named}, which is being deleted`,
              remedy: 'wait until it is gone, and create it anew first',
            }
          : {
              fault: `${named}, which does not exist in namespace ${namespace}`,
              remedy: nearest(reference, input),
            }),
      };
      return input.question.enforcement === 'Deny' ? denied(violation) : warned(violation);
    });

/** Whether the informers, or the kind's own list of what gateways ship with, satisfy a reference. */
export function isThere(
  reference: Reference,
  { question, view, table }: Pick<CheckInput, 'question' | 'view' | 'table'>,
): boolean {
  const { namespace } = question.object.metadata;
  return reference.kinds.some((kind) => {
    const row = table.get(kind);
    if (reference.builtIn === true && shipsWith(row, reference.name, view)) return true;
    if (view.find(kind, namespace, reference.name) !== undefined) return true;
    if (reference.by === 'name') return false;
    return [...view.inNamespace(kind, namespace)].some(({ metadata, spec }) =>
      satisfies(reference, row, { name: metadata.name, spec }),
    );
  });
}

/** Whether what would satisfy a reference is on its way out. */
function isLeaving(reference: Reference, { question, view, table }: CheckInput): boolean {
  const { namespace } = question.object.metadata;
  return reference.kinds.some((kind) =>
    view
      .leaving(kind, namespace)
      .some(({ metadata, spec }) => satisfies(reference, table.get(kind), { name: metadata.name, spec })),
  );
}

/** Whether gateways come with it: by the list of the kind, or because one of them was found to. */
function shipsWith(row: Kind, name: string, view: View): boolean {
  return (
    row.builtIn?.includes(name) === true ||
    view.gateways().some(({ builtIn }) => builtIn?.includes(name) === true)
  );
}

/** The way out: what there is instead. */
function nearest(reference: Reference, { question, view }: CheckInput): string {
  const { namespace } = question.object.metadata;
  const names = reference.kinds.flatMap((kind) =>
    [...view.inNamespace(kind, namespace)].map(({ metadata }) => metadata.name),
  );
  if (names.length === 0) return `create it first, or apply both together under enforcement Warn`;
  return `create it first; there is ${names.sort().slice(0, 5).join(', ')}`;
}
