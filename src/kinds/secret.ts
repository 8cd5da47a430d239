import { documentOf } from '../model/document.ts';
import { defineKind, type RuleInput } from '../model/kind.ts';
import { markOf } from '../model/mark.ts';
import { object, optional, secret, text, type Static } from '../model/schema.ts';
import { inlineValue } from '../model/secret-source.ts';
import type { Violation } from '../model/violation.ts';

const schema = object('A value that other resources name as {{ secret "<name>" }}.', {
  displayName: text('Name for people.', { minLength: 1, maxLength: 253, pattern: '^[a-zA-Z0-9\\-_\\. ]+$' }),
  description: optional(
    text('What it is for. The gateway keeps 1024 characters, our mark included.', { maxLength: 1024 }),
  ),
  value: secret('The value, 1 to 10240 bytes.'),
});

type Spec = Static<typeof schema>;

/** The gateway's limit, in bytes of UTF-8. */
const maxBytes = 10_240;

function row(kind: string, plural: string, shortNames: readonly string[], other: string) {
  return defineKind({
    kind,
    plural,
    shortNames,
    description: 'A secret that a gateway holds for other resources.',
    columns: [{ name: 'Display', type: 'string', jsonPath: '.spec.displayName' }],
    collection: { path: '/secrets', listKey: 'secrets', generations: ['v0.9', 'v1'], getOne: true },
    identity: { is: 'handle' },
    update: { by: 'put' },
    wire: { is: 'envelope', kind: 'Secret', templated: false, mark: 'description' },
    schema,
    secrets: ['value'],
    // A list shows none.
    hidden: (spec) => ((spec as Partial<Spec>).value === undefined ? ['value'] : []),
    rules: [
      { check: ({ spec }) => sizeFaults(spec) },
      { generations: ['v1'], check: (input) => requestFaults(kind, input) },
    ],
    oddAnswers: [],
    references: () => [],
    sharesHandlesWith: [other],
    defaults: [],
  });
}

export const secretKind = row('Secret', 'secrets', ['gwsecret'], 'ManagedSecret');

/** The name under which the platform's own manifests know it. */
export const managedSecret = row('ManagedSecret', 'managedsecrets', ['msec'], 'Secret');

function sizeFaults(spec: Spec): readonly Violation[] {
  const value = inlineValue(spec.value);
  if (value === undefined) return [];
  const bytes = Buffer.byteLength(value);
  if (bytes === 0) return [{ path: 'spec.value', fault: 'must not be empty' }];
  return bytes <= maxBytes
    ? []
    : [{ path: 'spec.value', fault: `must have at most ${maxBytes} bytes, has ${bytes}` }];
}

/** What generation 1 reads of a request, in bytes of the encoded document: quotes and line ends count twice. */
const maxRequestBytes = 11_264;

/** The uid of a namespace, which stands in our mark, is always as long as this one. */
const anyCluster = '00000000-0000-0000-0000-000000000000';

function requestFaults(kind: string, { spec, name, namespace }: RuleInput<Spec>): readonly Violation[] {
  const value = inlineValue(spec.value);
  // Beyond its own limit the value is refused in any case.
  if (value === undefined || Buffer.byteLength(value) > maxBytes) return [];
  const document = documentOf(secretKind, {
    name,
    labels: {},
    annotations: {},
    spec: { ...spec, value },
    generation: 'v1',
    mark: markOf({ cluster: anyCluster, kind, namespace, name }),
    idOf: () => undefined,
  });
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes <= maxRequestBytes) return [];
  return [
    {
      path: 'spec.value',
      fault: `makes a request of ${bytes} bytes, and ${maxRequestBytes} are read`,
      remedy: 'shorten the value or the description; a quote and a line end take two bytes',
    },
  ];
}
