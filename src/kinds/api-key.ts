import { inlineValue } from '../model/secret-source.ts';
import { defineKind } from '../model/kind.ts';
import { given } from './given.ts';
import { advised, integer, object, oneOf, optional, secret, text, type Static } from '../model/schema.ts';
import type { Violation } from '../model/violation.ts';

const secondsIn = {
  seconds: 1,
  minutes: 60,
  hours: 3600,
  days: 86_400,
  weeks: 604_800,
  months: 2_592_000,
} as const;
type Unit = keyof typeof secondsIn;
const units = Object.keys(secondsIn) as Unit[];

const parentKinds = ['RestApi', 'LlmProvider', 'LlmProxy', 'WebSubApi'] as const;

const schema = object('A key with which a client may call an API.', {
  parentRef: object('What the key opens.', {
    kind: oneOf('Its kind.', parentKinds, { otherwise: 'is no kind that keys open' }),
    name: text('Its name.', { minLength: 1 }),
  }),
  displayName: optional(
    advised(text('Name for people; the gateway does not keep it.'), { minLength: 1, maxLength: 100 }),
  ),
  apiKey: optional(secret('The key; made up by Portcullis and kept in outputSecretRef where absent.')),
  maskedApiKey: optional(text('Taken for the sake of existing manifests.')),
  expiresIn: optional(
    object('A lifetime, counted from the first write.', {
      duration: integer('How many.', { minimum: 0 }),
      unit: oneOf('Of what.', units),
    }),
  ),
  expiresAt: optional(text('When it ends.', { format: 'date-time' })),
  externalRefId: optional(text('A reference of your own; without one we put our mark there.')),
  issuer: optional(text('Who issued it; the gateway does not keep it.')),
  outputSecretRef: optional(
    object('Where a key that was made up is kept.', {
      name: text('Name of a Secret; <name>-api-key where absent.', { minLength: 1 }),
    }),
  ),
});

type Spec = Static<typeof schema>;

export const apiKey = defineKind({
  kind: 'ApiKey',
  plural: 'apikeys',
  shortNames: ['apik'],
  description: 'A key with which a client may call an API.',
  columns: [
    { name: 'Parent', type: 'string', jsonPath: '.spec.parentRef.name' },
    { name: 'Expires', type: 'string', jsonPath: '.status.expiresAt', priority: 1 },
  ],
  collection: { path: '/api-keys', listKey: 'apiKeys', generations: ['v0.9', 'v1'], getOne: false },
  identity: { is: 'nested', below: parentKinds, parent: (spec) => spec.parentRef },
  // A PUT clears externalRefId, where our mark stands, even when it carries one; a POST replaces and keeps it, and at
  // the quota is answered 500 though nothing is added.
  update: { by: 'post', loses: ['externalRefId'] },
  wire: {
    is: 'flat',
    document: ({ name, spec, mark, expiresAt }) => ({
      name,
      ...(spec.apiKey === undefined ? {} : { apiKey: spec.apiKey }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      externalRefId: spec.externalRefId ?? mark,
    }),
    spec: ({ item, owner }) => ({
      ...(owner === undefined ? {} : { parentRef: owner }),
      ...given(item, ['expiresAt', 'externalRefId']),
    }),
  },
  schema,
  secrets: ['apiKey'],
  // The list shows the last five characters.
  hidden: () => ['apiKey'],
  distinctSecret: { path: 'apiKey', of: (spec) => spec.parentRef },
  rules: [
    { check: ({ spec, name, now }) => [...nameFaults(name), ...expiryFaults(spec, now)] },
    { admissionOnly: true, check: ({ spec }) => emptyFaults(spec) },
    { warns: true, check: ({ spec }) => [...shortFaults(spec), ...zeroFaults(spec)] },
  ],
  oddAnswers: [
    { on: 'write', status: 404, means: 'parent' },
    { on: 'delete', status: 404, means: 'absent' },
    // One status for a bad name, a past expiry, the quota and another creator's key: none of them mends itself.
    { on: 'write', status: 500, means: 'refused' },
  ],
  references: (spec) => [
    { path: 'spec.parentRef', kinds: [spec.parentRef.kind], name: spec.parentRef.name, by: 'name' },
  ],
  countedBy: 'createdBy',
  immutable: ['parentRef'],
  generates: {
    key: 'api-key',
    field: 'apiKey',
    // What the gateway's own keys begin with.
    prefix: 'apip_',
    isWanted: (spec) => spec.apiKey === undefined,
    secretName: ({ spec, name }) => spec.outputSecretRef?.name ?? `${name}-api-key`,
  },
  lifetimeSeconds: ({ expiresIn }) =>
    expiresIn === undefined ? undefined : expiresIn.duration * secondsIn[expiresIn.unit],
  defaults: [],
});

/** The gateway answers 500 to every other name. */
function nameFaults(name: string): readonly Violation[] {
  if (
    /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/.test(name) &&
    !name.includes('--') &&
    name.length >= 3 &&
    name.length <= 63
  )
    return [];
  return [{ path: 'metadata.name', fault: 'must be 3 to 63 of a-z, 0-9 and single - inside', value: name }];
}

/**
 * The gateway answers 500 to an expiry that lies behind it, and to a lifetime that its clock can't hold: it counts
 * nanoseconds in 64 bits, which are 292 years.
 */
function expiryFaults(spec: Spec, now: Date | undefined): readonly Violation[] {
  const { expiresAt, expiresIn } = spec;
  if (expiresAt !== undefined && expiresIn !== undefined) {
    return [
      { path: 'spec.expiresIn', fault: 'must not stand beside expiresAt', remedy: 'keep one of the two' },
    ];
  }
  if (expiresIn !== undefined && expiresIn.duration * secondsIn[expiresIn.unit] > longestSeconds) {
    const value = `${expiresIn.duration} ${expiresIn.unit}`;
    return [{ path: 'spec.expiresIn', fault: 'must be less than 292 years', value }];
  }
  if (expiresAt !== undefined && now !== undefined && new Date(expiresAt) <= now) {
    return [{ path: 'spec.expiresAt', fault: 'lies in the past', value: expiresAt }];
  }
  return [];
}

const longestSeconds = 2 ** 63 / 1e9;

/** The gateway takes it for none and makes one up, which nobody ever learns. */
function emptyFaults({ apiKey: given }: Spec): readonly Violation[] {
  if (inlineValue(given) !== '') return [];
  const remedy = 'leave the field out and Portcullis makes one up, and keeps it in a Secret';
  return [{ path: 'spec.apiKey', fault: 'must not be empty', remedy }];
}

/** The length that the management API's document asks for. */
const wantedLength = 36;

function shortFaults({ apiKey: given }: Spec): readonly Violation[] {
  const value = inlineValue(given);
  if (value === undefined || value === '' || value.length >= wantedLength) return [];
  return [
    {
      path: 'spec.apiKey',
      fault: `has fewer than ${wantedLength} characters, which can be guessed`,
      remedy: 'leave it out and Portcullis makes one up',
    },
  ];
}

function zeroFaults({ expiresIn }: Spec): readonly Violation[] {
  if (expiresIn?.duration !== 0) return [];
  return [{ path: 'spec.expiresIn.duration', fault: 'makes a key that is over at once', value: 0 }];
}
