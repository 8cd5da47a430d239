import { logLevels } from './logger.ts';
import { setting } from './setting.ts';

/** What every process of an installation is told, in the same words. */
export const processSettings = {
  namespace: setting.string({ env: 'PORTCULLIS_NAMESPACE', help: 'Namespace of the installation' }),
  kubeconfig: setting.string({
    env: 'PORTCULLIS_KUBECONFIG',
    help: 'Kubeconfig file; in a cluster the service account is used',
    default: undefined,
  }),
  allowLoopback: setting.boolean({
    env: 'PORTCULLIS_ALLOW_LOOPBACK',
    help: "Whether a gateway may lie on the controller's own machine (demos, tests)",
    default: false,
  }),
  reach: setting.oneOf({
    env: 'PORTCULLIS_REACH',
    help: 'Which APIGateways take resources of other namespaces: those to which the webhook has granted it (and those that a namespace admits by its label), or Any that asks. Any is for an installation without the webhook, or one whose users trust each other; tell webhook and controller the same',
    values: ['Granted', 'Any'],
    default: 'Granted',
  }),
  maxRemovalPercent: setting.percent({
    env: 'PORTCULLIS_MAX_REMOVALS',
    help: 'A gateway that would lose more than this share of its resources at once, and more than 10, as it takes them no more, loses none until its annotation allow-removal names the number. The controller holds it, and the webhook warns of it; tell both the same',
    default: 20,
  }),
  probeHost: setting.string({
    env: 'PORTCULLIS_PROBE_HOST',
    help: 'Address for probes and metrics',
    default: '0.0.0.0',
  }),
  metricsAccess: setting.oneOf({
    env: 'PORTCULLIS_METRICS_ACCESS',
    help: 'Who may read /metrics: anyone; or, reviewed by the API server, whose bearer token may get the path /metrics. On the probe port the token comes unencrypted, so let it be read there over loopback or an encrypted network only; the webhook serves /metrics on its HTTPS port too, once reviewed',
    values: ['anyone', 'reviewed'],
    default: 'anyone',
  }),
  logLevel: setting.oneOf({
    env: 'PORTCULLIS_LOG_LEVEL',
    help: 'How much is logged',
    values: logLevels,
    default: 'info',
  }),
} as const;
