import { defineKind } from '../model/kind.ts';
import { object, optional, secret, text, type Static } from '../model/schema.ts';
import { parseSecretSource } from '../model/secret-source.ts';
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
    rules: [{ check: ({ spec }) => sizeFaults(spec) }],
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
  const parsed = parseSecretSource(spec.value, 'spec.value');
  if (!('source' in parsed) || parsed.source.is !== 'inline') return [];
  const bytes = Buffer.byteLength(parsed.source.value);
  if (bytes === 0) return [{ path: 'spec.value', fault: 'must not be empty' }];
  return bytes <= maxBytes
    ? []
    : [{ path: 'spec.value', fault: `must have at most ${maxBytes} bytes, has ${bytes}` }];
}
