import { isDeepStrictEqual } from 'node:util';
import { titled, type Resource } from '../model/resource.ts';
import { gatewayKey } from '../selection/gateways.ts';
import type { Change, Foreseen } from './foresee.ts';

/** So much is told to somebody who asked for something else; the rest is a number. */
export const mostGateways = 5;
export const mostChanges = 10;

/** The longest value that is shown on a line with others. */
const longestValue = 60;

/** What is foreseen of a resource, a line for each field that changes. What stays as it is is not told. */
export function foretold(resource: Resource, foreseen: readonly Foreseen[]): readonly string[] {
  const told = foreseen.map((one) => linesOf(resource, one)).filter((lines) => lines.length > 0);
  const more = told.length - mostGateways;
  return [
    ...told.slice(0, mostGateways).flat(),
    ...(more > 0 ? [`and ${more} more ${more === 1 ? 'gateway' : 'gateways'}`] : []),
  ];
}

function linesOf(resource: Resource, one: Foreseen): readonly string[] {
  const gateway = `gateway ${gatewayKey(one)}`;
  const but = one.held === undefined ? '' : `, but ${one.held}`;
  switch (one.is) {
    case 'same':
      return [];
    case 'create':
    case 'remove':
      return [`${gateway}: would ${one.is} ${titled(resource)}${but}`];
    case 'leave':
      return [`${gateway}: would leave ${titled(resource)} there`];
    case 'refuse':
      return [`${gateway}: would not take it: ${one.why}`];
    case 'change': {
      const more = one.changes.length - mostChanges;
      return [
        ...(one.anew ? [`${gateway}: would delete what stands there and create it anew${but}`] : []),
        ...one.changes.slice(0, mostChanges).map((change) => `${gateway}: would ${changeText(change)}${but}`),
        ...(more > 0 ? [`${gateway}: and ${more} more ${more === 1 ? 'field' : 'fields'}`] : []),
      ];
    }
  }
}

/** A change as completes "would …" or "to …". */
export function changeText(change: Change): string {
  const { path, before, after, sensitive } = change;
  if (sensitive) return `change ${path} (sensitive value changes)`;
  if (before === undefined) return `set ${path} to ${valueText(after)}`;
  if (after === undefined) return `take away ${path}, which is ${valueText(before)}`;
  if (Array.isArray(before) && Array.isArray(after)) return entriesText(path, before, after);
  return `change ${path} from ${valueText(before)} to ${valueText(after)}`;
}

/** Of two lists what is in one of them only, as nobody finds it in the whole. */
function entriesText(path: string, before: readonly unknown[], after: readonly unknown[]): string {
  const lacks = (list: readonly unknown[]) => (entry: unknown) =>
    !list.some((other) => isDeepStrictEqual(entry, other));
  const parts = [
    ...after.filter(lacks(before)).map((entry) => `+ ${valueText(entry)}`),
    ...before.filter(lacks(after)).map((entry) => `- ${valueText(entry)}`),
  ];
  const counts = `${before.length} to ${after.length} entries`;
  return `change ${path} from ${counts}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}

export function valueText(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
}
