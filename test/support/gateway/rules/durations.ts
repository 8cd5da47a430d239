import type { Json } from '../wire/json.ts';
import { objectOf, textOf } from '../wire/json.ts';
import type { Rulebook, Violation } from './violation.ts';

/** Go's time.ParseDuration: signs and compounds included. */
const goDuration = /^[-+]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;
/** What generation 1 narrows it to. */
const simpleDuration = /^\d+(\.\d+)?(ms|s|m|h)$/;

/** `timeout.connect` of an upstream definition: generation 1 also wants it to be positive. */
export function checkConnectTimeout(value: string, field: string, { api }: Rulebook): readonly Violation[] {
  const good =
    api === 'v0.9' ? goDuration.test(value) : simpleDuration.test(value) && Number.parseFloat(value) > 0;
  return good ? [] : [{ field, message: `Invalid timeout value '${value}'` }];
}

/** The `resilience` block, which generation 0.9 does not know. Zero switches a timeout off. */
export function checkResilience(value: Json | undefined, field: string): readonly Violation[] {
  const resilience = objectOf(value);
  return ['timeout', 'idleTimeout'].flatMap((name) => {
    const duration = resilience[name];
    if (duration === undefined || simpleDuration.test(textOf(duration))) return [];
    return [
      {
        field: `${field}.${name}`,
        message: `Invalid duration '${textOf(duration)}' (expected e.g. 30s, 500ms)`,
      },
    ];
  });
}
