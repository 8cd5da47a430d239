import type { Kind, Reference } from '../model/kind.ts';
import { didYouMean } from '../model/nearest.ts';
import { satisfies } from '../model/references.ts';
import type { Violation } from '../model/violation.ts';
import { denied, warned, type Check, type CheckInput, type Finding, type View } from './input.ts';

/** Whatever a spec refers to exists in its own namespace, or ships with the gateways. */
export const references: Check = (input) =>
  input.references.flatMap((reference) => {
    if (isItself(reference, input)) return [denied({ path: reference.path, fault: 'refers to itself' })];
    const { namespace } = input.question.object.metadata;
    if (isThere(reference, namespace, input) || input.gathered.confirmed.has(reference))
      return unusable(reference, namespace, input);
    const isForgiven = reference.optional === true || input.question.enforcement === 'Warn';
    return [isForgiven ? warned(absence(reference, input)) : denied(absence(reference, input))];
  });

/** What is there and can't be chosen all the same. */
function unusable(reference: Reference, namespace: string, { view }: CheckInput): readonly Finding[] {
  const { kinds, name, path } = reference;
  return kinds.flatMap((kind) => {
    const fault = reference.fault?.(view.find(kind, namespace, name)?.spec);
    return fault === undefined ? [] : [denied({ path, fault: `refers to ${kind} ${name}, which ${fault}` })];
  });
}

function isItself({ kinds, name }: Reference, { question }: CheckInput): boolean {
  return kinds.includes(question.row.kind) && name === question.object.metadata.name;
}

function absence(reference: Reference, input: CheckInput): Violation {
  const { path } = reference;
  const named = `refers to ${reference.kinds.join(' or ')} ${reference.name}`;
  if (isLeaving(reference, input)) {
    const remedy = 'wait until it is gone, and create it anew first';
    return { path, fault: `${named}, which is being deleted`, remedy };
  }
  const { namespace } = input.question.object.metadata;
  const fault = `${named}, which does not exist in namespace ${namespace}`;
  return { path, fault, remedy: wayOut(reference, input) };
}

/** Whether the informers, or the kind's own list of what gateways ship with, satisfy a reference. */
export function isThere(
  reference: Reference,
  namespace: string,
  { view, table }: Pick<CheckInput, 'view' | 'table'>,
): boolean {
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

/** The way out: the name that was probably meant, or one of another kind, or else what there is. */
function wayOut(reference: Reference, { question, view, table }: CheckInput): string {
  const { namespace } = question.object.metadata;
  const { kinds, name } = reference;
  const names = kinds.flatMap((kind) =>
    [...view.inNamespace(kind, namespace)].map(({ metadata }) => metadata.name),
  );
  const shipped = reference.builtIn === true ? kinds.flatMap((kind) => table.get(kind).builtIn ?? []) : [];
  const meant = didYouMean(name, [...names, ...shipped]);
  if (meant !== undefined) return meant;
  const namesake = table.rows.find(
    ({ kind }) => !kinds.includes(kind) && view.find(kind, namespace, name) !== undefined,
  );
  if (namesake !== undefined) return `there is a ${namesake.kind} of that name`;
  if (names.length === 0) return 'create it first, or apply both together under enforcement Warn';
  return `create it first; there is ${names.sort().slice(0, 5).join(', ')}`;
}
