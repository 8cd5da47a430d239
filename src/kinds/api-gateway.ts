import {
  flag,
  freeForm,
  integer,
  list,
  object,
  oneOf,
  optional,
  text,
  words,
  type Static,
} from '../model/schema.ts';

const keyOfSecret = (description: string) =>
  object(description, {
    name: optional(text('Name of the Secret.')),
    key: optional(text('Key in the Secret.')),
    optional: optional(flag('Whether the Secret may be absent.')),
  });

const management = object(
  'How the management API is reached; found by the labels of a Service where absent.',
  {
    url: optional(
      text('Base URL, as https://gateway-controller.gateways.svc:9090. Either this or serviceRef.'),
    ),
    serviceRef: optional(
      object('The Service in front of the management API.', {
        name: text('Name of the Service.'),
        namespace: optional(text('Its namespace; the own one where absent.')),
        port: optional(integer('Its port; 9090 where absent.', { minimum: 1, maximum: 65535 })),
        scheme: optional(oneOf('http or https; http where absent.', ['http', 'https'])),
      }),
    ),
    apiVersion: optional(oneOf('The generation of the API; Auto asks the gateway.', ['Auto', 'v0.9', 'v1'])),
    adminUrl: optional(
      text('Base URL of the admin port, where config_dump tells what is live and which policies are loaded.'),
    ),
    policyDefinitionsRef: optional(
      object(
        'A ConfigMap of the own namespace whose key policies.json lists the policies that the gateway has loaded, as config_dump does: {"policies": [{"name": …, "version": …, "parameters": …}]}. It counts where the gateway does not tell them itself.',
        { name: text('Name of the ConfigMap.') },
      ),
    ),
    auth: optional(
      object('Credentials: exactly one of basic and bearer.', {
        basic: optional(
          object('User name and password.', {
            secretRef: object('A Secret with the keys username and password.', {
              name: text('Name of the Secret.'),
            }),
          }),
        ),
        bearer: optional(
          object('A bearer token.', {
            secretRef: object('A key of a Secret.', {
              name: text('Name of the Secret.'),
              key: text('Key in the Secret.'),
            }),
          }),
        ),
      }),
    ),
    tls: optional(
      object('How the gateway is recognised, and how we are.', {
        caSecretRef: optional(
          object('The CA that signed its certificate.', {
            name: text('Name of the Secret.'),
            key: optional(text('Key; ca.crt where absent.')),
          }),
        ),
        clientCertSecretRef: optional(
          object('A Secret with tls.crt and tls.key of our own.', { name: text('Name of the Secret.') }),
        ),
        insecureSkipVerify: optional(flag('Trust any certificate. For trying things out only.')),
      }),
    ),
    maxConcurrency: optional(
      integer('Calls under way at once; 8 where absent.', { minimum: 1, maximum: 64 }),
    ),
  },
);

/** The platform's own shape, and an optional block that says outright how to reach the management API. */
export const gatewaySchema = object('A gateway and the resources that it takes.', {
  apiSelector: object("Which resources the gateway takes; other namespaces' where granted or admitted.", {
    scope: optional(
      oneOf('Cluster: all. Namespaced: those of some namespaces. LabelSelector: by their labels.', [
        'Cluster',
        'Namespaced',
        'LabelSelector',
      ]),
    ),
    namespaces: optional(list('With Namespaced: which; the own one where empty.', text('A namespace.'))),
    matchLabels: optional(words('With LabelSelector: labels that a resource must have.')),
    matchExpressions: optional(
      list(
        'With LabelSelector: further requirements.',
        object('A requirement.', {
          key: text('A label.'),
          operator: oneOf('How it is compared.', ['In', 'NotIn', 'Exists', 'DoesNotExist']),
          values: optional(list('What it is compared with.', text('A value.'))),
        }),
      ),
    ),
  }),
  management: optional(management),
  configRef: optional(
    object("The ConfigMap of the gateway's Helm values, where credentials are found.", {
      name: optional(text('Its name.')),
    }),
  ),
  apiKeysPerUser: optional(
    integer("The gateway's quota of API keys per parent; 10 where absent.", { minimum: 1 }),
  ),
  infrastructure: optional(
    freeForm('Taken for the sake of existing manifests; Portcullis does not install gateways.'),
  ),
  controlPlane: optional(
    object('Taken for the sake of existing manifests; without effect here.', {
      host: optional(text('A host.')),
      tls: optional(
        object('TLS.', {
          enabled: optional(flag('On or off.')),
          certSecretRef: optional(keyOfSecret('A certificate.')),
        }),
      ),
      tokenSecretRef: optional(keyOfSecret('A token.')),
    }),
  ),
  storage: optional(
    object('Taken for the sake of existing manifests; without effect here.', {
      type: optional(oneOf('What stores.', ['sqlite', 'postgres', 'mysql'])),
      sqlitePath: optional(text('A path.')),
      connectionSecretRef: optional(keyOfSecret('A connection.')),
    }),
  ),
});

export type GatewaySpec = Static<typeof gatewaySchema>;

/** What the CRD generator, the webhook's rules and RBAC need to know of the kind. It has no collection of its own. */
export const gatewayKind = {
  kind: 'APIGateway',
  plural: 'apigateways',
  shortNames: ['apigw'],
  description: 'A WSO2 API Platform gateway whose configuration Portcullis keeps.',
  schema: gatewaySchema,
} as const;
