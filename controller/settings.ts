import { logLevels } from '../src/runtime/logger.ts';
import { setting } from '../src/runtime/setting.ts';
import type { SettingsOf } from '../src/runtime/settings.ts';

/** Everything that the reconciling process can be told, and where. */
export const controllerSettings = {
  namespace: setting.string({ env: 'PORTCULLIS_NAMESPACE', help: 'Namespace of the installation' }),
  kubeconfig: setting.string({
    env: 'PORTCULLIS_KUBECONFIG',
    help: 'Kubeconfig file; in a cluster the service account is used',
    default: undefined,
  }),
  driftIntervalSeconds: setting.integer({
    env: 'PORTCULLIS_DRIFT_INTERVAL_SECONDS',
    help: 'How often each gateway is compared in full with what it should hold; jittered by a tenth',
    default: 60,
    min: 1,
    max: 86_400,
  }),
  leaderElection: setting.boolean({
    env: 'PORTCULLIS_LEADER_ELECTION',
    help: 'Whether to wait for a Lease before touching anything; needed with several replicas',
    default: true,
  }),
  allowLoopback: setting.boolean({
    env: 'PORTCULLIS_ALLOW_LOOPBACK',
    help: "Whether a gateway may lie on the controller's own machine (demos, tests)",
    default: false,
  }),
  clusterDomain: setting.string({
    env: 'PORTCULLIS_CLUSTER_DOMAIN',
    help: 'Domain of the Services of the cluster',
    default: 'cluster.local',
  }),
  probeHost: setting.string({
    env: 'PORTCULLIS_PROBE_HOST',
    help: 'Address for probes and metrics',
    default: '0.0.0.0',
  }),
  probePort: setting.integer({
    env: 'PORTCULLIS_PROBE_PORT',
    help: 'Port for probes and metrics (HTTP)',
    default: 8082,
    min: 0,
    max: 65_535,
  }),
  logLevel: setting.oneOf({
    env: 'PORTCULLIS_LOG_LEVEL',
    help: 'How much is logged',
    values: logLevels,
    default: 'info',
  }),
} as const;

export type ControllerSettings = SettingsOf<typeof controllerSettings>;
