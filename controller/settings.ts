import { scopeSettings } from '../src/kube/scope-settings.ts';
import { processSettings } from '../src/runtime/process-settings.ts';
import { setting } from '../src/runtime/setting.ts';
import type { SettingsOf } from '../src/runtime/settings.ts';

/** Everything that the reconciling process can be told, and where. */
export const controllerSettings = {
  ...processSettings,
  ...scopeSettings,
  driftIntervalSeconds: setting.integer({
    env: 'PORTCULLIS_DRIFT_INTERVAL_SECONDS',
    help: 'How often each gateway is compared in full with what it should hold; jittered by a tenth',
    default: 60,
    min: 1,
    max: 86_400,
  }),
  deletionTimeoutMs: setting.durationMs({
    env: 'PORTCULLIS_DELETION_TIMEOUT',
    help: 'How long a deleted resource waits to be removed from its gateways before it is let go, with an event Orphaned; without an end where this is not set. What keeps a Secret in use is waited for in any case',
    default: undefined,
    min: 1000,
  }),
  leaderElection: setting.boolean({
    env: 'PORTCULLIS_LEADER_ELECTION',
    help: 'Whether to wait for a Lease before touching anything; needed with several replicas',
    default: true,
  }),
  shards: setting.integer({
    env: 'PORTCULLIS_SHARDS',
    help: 'In how many parts, by namespace, several replicas divide the work; 1: one works and the others stand by. Take twice as many as replicas or more. Each replica that works lists every gateway for itself. A new number takes effect when no replica with the old one is left; without PORTCULLIS_LEADER_ELECTION it has none',
    default: 1,
    min: 1,
    max: 64,
  }),
  leaseSeconds: setting.integer({
    env: 'PORTCULLIS_LEASE_SECONDS',
    help: 'After how long without a sign of life the work of a replica goes to another one',
    default: 15,
    min: 3,
    max: 600,
  }),
  besidePlatformOperator: setting.boolean({
    env: 'PORTCULLIS_BESIDE_PLATFORM_OPERATOR',
    help: "Whether to work though the platform's own operator works on the same resources: each undoes what the other does. Its finalizers are then left alone",
    default: false,
  }),
  platformOperatorNamespaces: setting.list({
    env: 'PORTCULLIS_PLATFORM_OPERATOR_NAMESPACES',
    help: "Namespaces in which the Lease of the platform's own operator is looked for; all where none is named",
    default: [],
  }),
  clusterDomain: setting.string({
    env: 'PORTCULLIS_CLUSTER_DOMAIN',
    help: 'Domain of the Services of the cluster',
    default: 'cluster.local',
  }),
  defaultCredentials: setting.boolean({
    env: 'PORTCULLIS_DEFAULT_CREDENTIALS',
    help: "Whether a gateway of which neither its APIGateway nor its Helm values say how it is signed in to is tried as admin with the password admin, as the platform's operator does",
    default: false,
  }),
  policyReports: setting.boolean({
    env: 'PORTCULLIS_POLICY_REPORTS',
    help: 'Whether a PolicyReport in each namespace tells what review policies find there, where the cluster knows that kind. Those of ours go when this is false',
    default: false,
  }),
  packsConfigMap: setting.string({
    env: 'PORTCULLIS_PACKS',
    help: 'ConfigMap in the own namespace with packs of review policies, which are brought into the cluster; none where this is not set',
    default: undefined,
  }),
  probePort: setting.integer({
    env: 'PORTCULLIS_PROBE_PORT',
    help: 'Port for probes and metrics (HTTP)',
    default: 8082,
    min: 0,
    max: 65_535,
  }),
} as const;

export type ControllerSettings = SettingsOf<typeof controllerSettings>;
