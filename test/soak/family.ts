import { certificatePem } from '../support/certificate-pem.ts';
import { minimal, type KindName } from '../support/manifests.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a member says depends on how often it was edited, and on the secrets of its family. */
export interface State {
  readonly revision: number;
  /** How often the secrets were changed. */
  readonly turn: number;
  readonly secrets: Secrets;
}

/** The values in the Kubernetes Secret of a family; all that must never be seen begins with `canary`. */
export interface Secrets {
  readonly token: string;
  readonly key: string;
  readonly 'ca.crt': string;
  readonly [key: string]: string;
}

export interface Member {
  readonly kind: KindName;
  readonly name: string;
  /** Where a gateway keeps it. */
  readonly collection: string;
  /** Whether nothing refers to it, so that it may go alone. */
  readonly isLeaf: boolean;
  readonly spec: (state: State) => Json;
  /** Whether an entry of the collection is this one. */
  readonly stands: (entry: Json) => boolean;
  /** What an entry has in it when it is as it should be, and not when it is as it was: revisions only grow. */
  readonly signs: (state: State) => readonly string[];
}

/** Resources that need each other and therefore stand at the same gateways. */
export interface Shape {
  readonly title: string;
  /** Whether only a gateway of generation 0.9 can hold it. */
  readonly isOld: boolean;
  readonly members: (family: string) => readonly Member[];
}

const fromSecret = (family: string, key: string) => ({ valueFrom: { name: secretName(family), key } });
const auth = (family: string) => ({ type: 'api-key', header: 'X-Key', value: fromSecret(family, 'token') });
const handled = (name: string) => (entry: Json) => (entry.metadata as Json | undefined)?.name === name;
const called =
  (field: string, value: string) =>
  (entry: Json): boolean =>
    entry[field] === value;
const rev = ({ revision }: State) => `rev-${revision}`;
const expiry = ({ revision }: State) => `${2040 + revision}-01-01T00:00:00Z`;

export function secretName(family: string): string {
  return `${family}-credentials`;
}

/** New values, none of which was there before. */
export function freshSecrets(family: string, turn: number): Secrets {
  return {
    token: `canary-token-${family}-${turn}`,
    // As long as the gateway wants a key to be.
    key: `canary-key-${family}-${turn}-${'k'.repeat(36)}`,
    subscription: `canary-subscription-${family}`,
    'ca.crt': certificatePem(`${family}-ca turn-${turn}`),
  };
}

const apis: Shape = {
  title: 'an API with its secret, plan, keys and subscription',
  isOld: false,
  members: (family) => [
    {
      // The same kind under two names.
      kind: family.endsWith('0') ? 'ManagedSecret' : 'Secret',
      name: `${family}-token`,
      collection: 'secrets',
      isLeaf: false,
      spec: (state) => ({
        displayName: `${family} ${rev(state)}`,
        value: fromSecret(family, 'token'),
      }),
      stands: handled(`${family}-token`),
      signs: (state) => [rev(state), state.secrets.token],
    },
    {
      kind: 'SubscriptionPlan',
      name: `${family}-plan`,
      collection: 'subscription-plans',
      isLeaf: false,
      spec: (state) => ({ planName: `${family}-plan`, billingPlan: rev(state) }),
      stands: called('planName', `${family}-plan`),
      signs: (state) => [rev(state)],
    },
    {
      kind: 'RestApi',
      name: `${family}-api`,
      collection: 'rest-apis',
      isLeaf: false,
      spec: (state) => ({
        ...minimal.RestApi,
        displayName: `${family}-api`,
        context: `/${family}/$version`,
        upstream: { main: { url: `http://backend:8080/${rev(state)}` } },
        subscriptionPlans: [`${family}-plan`],
        policies: [
          {
            name: 'set-headers',
            version: 'v1',
            params: {
              request: { headers: [{ name: 'Authorization', value: `{{ secret "${family}-token" }}` }] },
            },
          },
        ],
      }),
      stands: handled(`${family}-api`),
      signs: (state) => [`/${rev(state)}`],
    },
    key('RestApi', 'rest-apis', family, 'api'),
    {
      kind: 'ApiKey',
      name: `${family}-generated`,
      collection: `rest-apis/${family}-api/api-keys`,
      isLeaf: true,
      spec: (state) => ({
        parentRef: { kind: 'RestApi', name: `${family}-api` },
        expiresAt: expiry(state),
      }),
      stands: called('name', `${family}-generated`),
      signs: (state) => [expiry(state).slice(0, 10)],
    },
    {
      kind: 'Subscription',
      name: `${family}-reader`,
      collection: 'subscriptions',
      isLeaf: true,
      spec: (state) => ({
        apiId: `${family}-api`,
        subscriptionPlanId: `${family}-plan`,
        applicationId: `${family}-reader`,
        subscriptionToken: fromSecret(family, 'subscription'),
        status: standing(state),
      }),
      stands: called('applicationId', `${family}-reader`),
      signs: (state) => [`"${standing(state)}"`],
    },
  ],
};

function standing({ revision }: State): string {
  return revision % 2 === 0 ? 'ACTIVE' : 'INACTIVE';
}

function key(parentKind: KindName, parents: string, family: string, parent: string): Member {
  const name = `${family}-${parent}-key`;
  return {
    kind: 'ApiKey',
    name,
    collection: `${parents}/${family}-${parent}/api-keys`,
    isLeaf: true,
    spec: (state) => ({
      parentRef: { kind: parentKind, name: `${family}-${parent}` },
      apiKey: fromSecret(family, 'key'),
      expiresAt: expiry(state),
    }),
    stands: called('name', name),
    signs: (state) => [expiry(state).slice(0, 10), state.secrets.key],
  };
}

const models: Shape = {
  title: 'an LLM template with its provider, proxy and a key',
  isOld: false,
  members: (family) => [
    {
      kind: 'LlmProviderTemplate',
      name: `${family}-template`,
      collection: 'llm-provider-templates',
      isLeaf: false,
      spec: (state) => ({
        displayName: `${family}-template`,
        totalTokens: { location: 'payload', identifier: `$.usage.${rev(state)}` },
      }),
      stands: handled(`${family}-template`),
      signs: (state) => [`$.usage.${rev(state)}`],
    },
    {
      kind: 'LlmProvider',
      name: `${family}-provider`,
      collection: 'llm-providers',
      isLeaf: false,
      spec: (state) => ({
        ...minimal.LlmProvider,
        displayName: `${family}-provider`,
        context: `/${family}-provider`,
        template: `${family}-template`,
        upstream: { url: `https://vendor.example/${rev(state)}`, auth: auth(family) },
      }),
      stands: handled(`${family}-provider`),
      signs: (state) => [`/${rev(state)}`, state.secrets.token],
    },
    {
      kind: 'LlmProxy',
      name: `${family}-proxy`,
      collection: 'llm-proxies',
      isLeaf: true,
      spec: (state) => ({
        ...minimal.LlmProxy,
        displayName: `${family}-proxy`,
        context: `/${family}-proxy/${rev(state)}`,
        provider: { id: `${family}-provider` },
      }),
      stands: handled(`${family}-proxy`),
      signs: (state) => [`/${rev(state)}`],
    },
    key('LlmProvider', 'llm-providers', family, 'provider'),
  ],
};

const tools: Shape = {
  title: 'an MCP proxy and a certificate',
  isOld: false,
  members: (family) => [
    {
      kind: 'Mcp',
      name: `${family}-mcp`,
      collection: 'mcp-proxies',
      isLeaf: true,
      spec: (state) => ({
        ...minimal.Mcp,
        displayName: `${family}-mcp`,
        context: `/${family}-mcp`,
        upstream: { url: `http://mcp:3001/${rev(state)}`, auth: auth(family) },
      }),
      stands: handled(`${family}-mcp`),
      signs: (state) => [`/${rev(state)}`, state.secrets.token],
    },
    {
      kind: 'Certificate',
      name: `${family}-ca`,
      collection: 'certificates',
      isLeaf: true,
      spec: () => ({ displayName: `${family}-ca`, certificate: fromSecret(family, 'ca.crt') }),
      stands: (entry) => JSON.stringify(entry).includes(`CN=${family}-ca turn-`),
      signs: ({ turn }) => [`turn-${turn}`],
    },
  ],
};

const events: Shape = {
  title: 'a WebSub API with a key',
  isOld: true,
  members: (family) => [
    {
      kind: 'WebSubApi',
      name: `${family}-events`,
      collection: 'websub-apis',
      isLeaf: false,
      spec: (state) => ({
        ...minimal.WebSubApi,
        displayName: `${family}-events`,
        context: `/${family}-events`,
        hub: { channels: [{ name: rev(state) }] },
      }),
      stands: handled(`${family}-events`),
      signs: (state) => [rev(state)],
    },
    key('WebSubApi', 'websub-apis', family, 'events'),
  ],
};

/** Weights that make all kinds common enough. */
export const shapes: readonly (readonly [weight: number, shape: Shape])[] = [
  [30, apis],
  [18, models],
  [16, tools],
  [8, events],
];
