import { isTemplate } from '../model/expression.ts';
import { object, optional, text } from '../model/schema.ts';
import type { Violation } from '../model/violation.ts';

/** A duration as Go's time.ParseDuration takes it. */
export function durationFault(path: string, value: string | undefined): readonly Violation[] {
  if (
    value === undefined ||
    isTemplate(value) ||
    /^[+-]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/.test(value)
  )
    return [];
  return [{ path, fault: 'must be a duration such as 500ms, 5s or 1m', value }];
}

/** Timeouts of an API or an operation; generation 1 only. */
export const resilience = object('Timeouts.', {
  timeout: optional(text('For the whole answer, as 30s; 0s is none.')),
  idleTimeout: optional(text('Without a byte, as 60s.')),
});

export function resilienceFaults(
  path: string,
  given: { readonly timeout?: string; readonly idleTimeout?: string } | undefined,
): readonly Violation[] {
  if (given === undefined) return [];
  return (['timeout', 'idleTimeout'] as const).flatMap((field) => {
    const value = given[field];
    if (value === undefined || isTemplate(value) || /^\d+(\.\d+)?(ms|s|m|h)$/.test(value)) return [];
    return [{ path: `${path}.${field}`, fault: 'must be a number with ms, s, m or h', value }];
  });
}
