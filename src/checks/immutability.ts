import { isDeepStrictEqual } from 'node:util';
import type { ResourceStatus } from '../model/status.ts';
import { denied, type Check } from './input.ts';

/** Fields that a gateway can't change, or can't be made to forget, once the resource stands there. */
export const immutability: Check = ({ question, spec }) => {
  const { row, old } = question;
  if (old === undefined) return [];
  const stands = ((old.status as ResourceStatus | undefined)?.gateways ?? []).length > 0;
  if (!stands) return [];
  const before = (old.spec ?? {}) as Readonly<Record<string, unknown>>;
  const remedy = 'delete the resource and create it anew';
  return [
    ...(row.immutable ?? [])
      .filter((field) => !isDeepStrictEqual(before[field], spec[field]))
      .map((field) => denied({ path: `spec.${field}`, fault: "can't be changed at the gateway", remedy })),
    ...(row.lasting ?? [])
      .filter((field) => before[field] !== undefined && spec[field] === undefined)
      .map((field) =>
        denied({ path: `spec.${field}`, fault: "can't be taken away again at the gateway", remedy }),
      ),
  ];
};
