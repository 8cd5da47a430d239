import { group } from '../../../src/model/generation.ts';
import { minimal, type KindName } from '../../support/manifests.ts';

/** What the examples leave out, for a process to need everything that it may do. */

const labels = (label: string) => ({ gateway: label });
const header = (kind: string, name: string, metadata: object = {}) => ({
  apiVersion: `${group}/v1`,
  kind,
  metadata: { name, ...metadata },
});
const reading = '{{ secret "backend-token" }}';

/** Resources that read a ConfigMap, a gateway's Secret in every kind that may, and a gateway found as the platform finds it. */
export function further(label: string): readonly object[] {
  const metadata = { labels: labels(label) };
  const headers = (value: unknown) => ({
    policies: [
      {
        name: 'set-headers',
        version: 'v1',
        params: { request: { headers: [{ name: 'X-Read', value }] } },
      },
    ],
  });
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words' }, data: { word: 'hello' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'platform' }, data: { 'values.yaml': '{}' } },
    {
      ...header('APIGateway', 'platform'),
      spec: {
        apiSelector: { scope: 'LabelSelector', matchLabels: { gateway: 'none' } },
        configRef: { name: 'platform' },
      },
    },
    {
      ...header('RestApi', 'wordy', metadata),
      spec: {
        ...minimal.RestApi,
        displayName: 'Wordy',
        context: '/wordy',
        ...headers({ valueFrom: { configMapKeyRef: { name: 'words', key: 'word' } } }),
      },
    },
    {
      ...header('Mcp', 'reader', metadata),
      spec: { ...minimal.Mcp, displayName: 'Reader', context: '/reader', ...headers(reading) },
    },
    {
      ...header('WebSubApi', 'reader', metadata),
      spec: { ...minimal.WebSubApi, displayName: reading, context: '/issues-reader' },
    },
    {
      ...header('LlmProviderTemplate', 'reader', metadata),
      spec: { displayName: reading },
    },
  ];
}

/** Resources that refer to what is not there, in every way that there is. */
export function dangling(label: string): readonly object[] {
  const of = (kind: KindName, name: string, change: object) => ({
    ...header(kind, `dangling-${name}`, { labels: labels(label) }),
    spec: { ...minimal[kind], ...change },
  });
  const absent = 'absent';
  return [
    ...(['RestApi', 'LlmProvider', 'LlmProxy', 'WebSubApi'] as const).map((kind) =>
      of('ApiKey', kind.toLowerCase(), { parentRef: { kind, name: absent } }),
    ),
    of('Subscription', 'api', { apiId: absent, subscriptionPlanId: absent }),
    of('LlmProvider', 'template', { template: absent, context: '/dangling' }),
    of('LlmProxy', 'provider', { provider: { id: absent }, context: '/dangling-proxy' }),
    of('RestApi', 'plan', { context: '/dangling-api', subscriptionPlans: ['Absent'] }),
    of('RestApi', 'secret', {
      context: '/dangling-{{ secret "absent" }}',
      displayName: '{{ secret "absent" }}',
    }),
  ];
}

/** What somebody needs who reads the metrics of a Pod. */
export const scraper: readonly object[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'scraper' } },
];

export const mayScrape = (namespace: string): readonly object[] => [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'scraper' },
    rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `scraper-${namespace}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'scraper' },
    subjects: [{ kind: 'ServiceAccount', name: 'scraper', namespace }],
  },
];
