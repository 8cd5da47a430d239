import { createHash, X509Certificate } from 'node:crypto';
import { defineKind, type OwnersSought } from '../model/kind.ts';
import { markOf, type Owner } from '../model/mark.ts';
import { object, secret, text, type Static } from '../model/schema.ts';
import { inlineValue } from '../model/secret-source.ts';
import type { Violation } from '../model/violation.ts';
import { certificateFacts, certificateFaults, expiryAdvice } from './pem.ts';

const schema = object('A certificate that gateways trust when they call backends.', {
  displayName: text('Name for people.', { minLength: 1 }),
  certificate: secret('PEM, one certificate or several.'),
});

type Spec = Static<typeof schema>;

const kind = 'Certificate';

export const certificate = defineKind({
  kind,
  plural: 'certificates',
  shortNames: ['cert'],
  description: 'A certificate that gateways trust when they call backends.',
  columns: [{ name: 'Display', type: 'string', jsonPath: '.spec.displayName' }],
  collection: { path: '/certificates', listKey: 'certificates', generations: ['v0.9', 'v1'], getOne: false },
  identity: {
    is: 'assigned',
    key: nameThere,
    keyOf: (item) => (typeof item.name === 'string' ? item.name : undefined),
  },
  update: { by: 'recreate' },
  wire: {
    is: 'flat',
    document: ({ name, spec, mark }) => ({
      name: nameThere({ name, spec, mark }),
      certificate: spec.certificate,
    }),
  },
  schema,
  secrets: ['certificate'],
  secretsArePublic: true,
  certificates: certificateFacts,
  rules: [
    { check: ({ spec, now }) => ofInline(spec, (path, pem) => certificateFaults(path, pem, now)) },
    { warns: true, check: ({ spec, now }) => ofInline(spec, (path, pem) => expiryAdvice(path, pem, now)) },
  ],
  oddAnswers: [{ on: 'write', status: 500, message: /Failed to save certificate/, means: 'taken' }],
  references: () => [],
  standsAlone: true,
  ownerAmong,
  defaults: [],
});

/**
 * The name under which a gateway stores it. The gateway refuses a name twice and can't replace a certificate, so
 * name, owner and content all go in: a new certificate stands beside the old one until that is deleted.
 */
function nameThere(input: { readonly name: string; readonly spec: Spec; readonly mark: string }): string {
  const pem = typeof input.spec.certificate === 'string' ? input.spec.certificate : '';
  return `${input.name}.${digest(input.mark).slice(0, 8)}.${contentDigest(pem).slice(0, 16)}`;
}

/** The name there holds the name here and a digest of the mark, which only the right namespace gives again. */
function ownerAmong(
  item: Readonly<Record<string, unknown>>,
  { cluster, namespaces }: OwnersSought,
): Owner | undefined {
  const [, name, owned] = /^(.+)\.([0-9a-f]{8})\.[0-9a-f]{16}$/.exec(String(item.name)) ?? [];
  if (name === undefined) return undefined;
  for (const namespace of namespaces) {
    const owner = { cluster, kind, namespace, name };
    if (digest(markOf(owner)).slice(0, 8) === owned) return owner;
  }
  return undefined;
}

function contentDigest(pem: string): string {
  try {
    return digest(new X509Certificate(pem).raw.toString('base64') + pem.length.toString());
  } catch {
    return digest(pem);
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function ofInline(
  spec: Spec,
  judge: (path: string, pem: string) => readonly Violation[],
): readonly Violation[] {
  const pem = inlineValue(spec.certificate);
  return pem === undefined ? [] : judge('spec.certificate', pem);
}
