import type { CheckName } from '../../src/checks/checks.ts';

/** By what anything is found, and what is looked at there: the rules of a report for CI. */
export const checkSources = {
  yaml: 'Files can be read, and their documents are YAML or JSON.',
  files: 'A resource is described once.',
  'api-server':
    'The API server takes it: names, labels, annotations, and no field that the kind does not have.',
  schema: 'A spec fits the schema of its kind.',
  access: 'Whoever writes a resource may read the Secrets that it names.',
  rules: 'What gateways ask of a spec beyond its schema.',
  generations: 'Fields are known to the generation of every gateway that takes the resource.',
  expressions: 'Templates call only what is harmless.',
  references: 'What a resource refers to exists.',
  duplicates: 'No two resources on one gateway share what it keeps unique.',
  siblings: 'What stands below one parent is no more than a gateway allows, and no two show the same secret.',
  immutability: 'What a gateway can not change is not changed.',
  secrets: 'Secrets stand in Secrets, and fit where they are used.',
  policies: 'Policies are known to the gateways, and their parameters fit.',
  selection: 'Some gateway takes the resource.',
  advice: 'What the management API asks for beyond what gateways enforce.',
  gateway: 'An APIGateway can be reached and reaches no further than it may.',
  review: 'The review policies of the organisation hold.',
} as const satisfies Record<CheckName | 'yaml' | 'files' | 'api-server' | 'gateway' | 'review', string>;

export type CheckSource = keyof typeof checkSources;
