import type { JsonObject } from '../wire/json.ts';
import type { PolicyDefinition } from './definition.ts';
import {
  closed,
  eitherWay,
  flag,
  headerName,
  headerValue,
  integer,
  listOf,
  oneOf,
  open,
  text,
} from './schemas.ts';

const header = closed({ name: headerName, value: headerValue }, ['name', 'value']);
const logged = closed({
  headers: flag,
  payload: flag,
  excludeHeaders: { ...listOf(headerName), uniqueItems: true },
});

const counted: JsonObject = {
  ...closed({
    enabled: flag,
    invert: flag,
    jsonPath: text,
    min: { type: 'integer', minimum: 0 },
    max: { type: 'integer', minimum: 1 },
    showAssessment: flag,
  }),
  anyOf: [{ properties: { enabled: { const: false } }, required: ['enabled'] }, { required: ['min', 'max'] }],
};

/** Definitions that read or change what passes. */
export const messagePolicies: readonly PolicyDefinition[] = [
  {
    name: 'cors',
    version: 'v1.0.1',
    description: 'Answers browsers that ask whether a page of another origin may call.',
    parameters: open(
      {
        allowedOrigins: listOf({ type: 'string', minLength: 1 }, 1),
        allowedMethods: listOf(oneOf('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', '*'), 1),
        allowedHeaders: listOf(text),
        exposedHeaders: listOf(text),
        allowCredentials: flag,
        forwardPreflight: flag,
        maxAge: integer(0, 86_400),
      },
      ['allowedOrigins'],
    ),
  },
  {
    name: 'host-rewrite',
    version: 'v1.0.1',
    description: 'Sends another host name to the upstream.',
    parameters: open({ host: { type: 'string', minLength: 1, pattern: '^[a-zA-Z0-9.:-]+$' } }, ['host']),
  },
  {
    name: 'log-message',
    version: 'v1.0.1',
    description: 'Writes messages to the log.',
    parameters: eitherWay(logged),
  },
  {
    name: 'remove-headers',
    version: 'v1.0.1',
    description: 'Takes headers away.',
    parameters: eitherWay(closed({ headers: listOf(closed({ name: headerName }, ['name'])) }, ['headers'])),
  },
  {
    name: 'respond',
    version: 'v1.0.1',
    description: 'Answers without asking the upstream.',
    parameters: closed({ statusCode: integer(100, 599), body: text, headers: listOf(header) }),
  },
  {
    name: 'set-headers',
    version: 'v1.0.1',
    description: 'Sets headers of requests or responses.',
    parameters: eitherWay(closed({ headers: listOf(header) }, ['headers'])),
  },
  {
    name: 'word-count-guardrail',
    version: 'v1.0.1',
    description: 'Refuses texts that are too short or too long.',
    parameters: eitherWay(counted),
  },
];
