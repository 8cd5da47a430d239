import { InvalidArgumentError } from 'commander';
import type { Resource } from '../../src/model/resource.ts';

export type LabelsMatch = (resource: Resource) => boolean;

/** Reads `a=b,c=d`: all of them must hold, as kubectl has it. */
export function labelSelector(text: string): LabelsMatch {
  const pairs = text.split(',').map((part) => {
    const [, key, value] = /^\s*([^=!\s]+)\s*==?\s*(\S*)\s*$/.exec(part) ?? [];
    if (key === undefined)
      throw new InvalidArgumentError('Write key=value, more than one with commas between.');
    return [key, value ?? ''] as const;
  });
  return ({ metadata }) => pairs.every(([key, value]) => metadata.labels?.[key] === value);
}
