import type { JsonObject } from '../wire/json.ts';
import type { PolicyDefinition } from './definition.ts';
import { closed, filled, flag, goPeriod, integer, listOf, oneOf, open, period, text } from './schemas.ts';

const most = 1_000_000_000;
const storage = open({
  algorithm: oneOf('fixed-window', 'gcra'),
  backend: oneOf('memory', 'redis'),
  redis: open({}),
});
const tokenLimits = listOf(
  open({ count: { type: 'integer', minimum: 1 }, duration: goPeriod }, ['count', 'duration']),
);

const extraction: JsonObject = {
  ...closed(
    {
      type: oneOf('header', 'metadata', 'ip', 'apiname', 'apiversion', 'routename', 'cel', 'constant'),
      key: filled,
      expression: text,
    },
    ['type'],
  ),
  if: { properties: { type: { enum: ['header', 'metadata', 'constant'] } }, required: ['type'] },
  then: { required: ['key'] },
};

const limit = closed({ limit: integer(1, most), duration: goPeriod, burst: integer(1, most) }, [
  'limit',
  'duration',
]);

/** Definitions that decide how much may pass. */
export const trafficPolicies: readonly PolicyDefinition[] = [
  {
    name: 'advanced-ratelimit',
    version: 'v1.0.3',
    description: 'Applies several quotas at once, each counted by a key of its own.',
    parameters: closed(
      {
        keyExtraction: listOf(extraction),
        onRateLimitExceeded: closed({
          statusCode: integer(400, 599),
          body: text,
          bodyFormat: oneOf('json', 'plain'),
        }),
        quotas: listOf(
          closed(
            {
              name: filled,
              limits: listOf(limit, 1),
              keyExtraction: listOf(extraction),
              costExtraction: open({}),
            },
            ['limits'],
          ),
          1,
        ),
      },
      ['quotas'],
    ),
    systemParameters: storage,
  },
  {
    name: 'basic-ratelimit',
    version: 'v1.0.2',
    description: 'Bounds the requests of a route within a time.',
    parameters: closed(
      {
        limits: listOf(closed({ requests: integer(1, most), duration: period }, ['requests', 'duration']), 1),
      },
      ['limits'],
    ),
    systemParameters: storage,
  },
  {
    name: 'token-based-ratelimit',
    version: 'v1.0.3',
    description: 'Bounds the tokens that a language model is asked for.',
    parameters: {
      ...closed({
        promptTokenLimits: tokenLimits,
        completionTokenLimits: tokenLimits,
        totalTokenLimits: tokenLimits,
        consumerBased: flag,
      }),
      anyOf: ['promptTokenLimits', 'completionTokenLimits', 'totalTokenLimits'].map((name) => ({
        required: [name],
      })),
    },
    systemParameters: storage,
  },
];
