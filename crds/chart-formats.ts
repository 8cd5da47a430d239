import { reviewActions } from '../src/kinds/review-policy.ts';

export type Schema = Readonly<Record<string, unknown>>;

const oneOf = (...values: readonly string[]): Schema => ({ enum: values });
const text = (pattern: string): Schema => ({ type: 'string', pattern });
const whole = (minimum: number, maximum: number): Schema => ({ type: 'integer', minimum, maximum });
const listOf = (items: Schema): Schema => ({ type: 'array', items });
const closed = (properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...more,
});

/** In the API server's own format, which it judges itself. */
const anObject: Schema = { type: 'object' };
const objects = listOf(anObject);
const texts: Schema = { type: 'object', additionalProperties: { type: 'string' } };
const port = whole(1, 65_535);
const duration = '^[0-9]+(ms|s|m|h|d)$';
/** A DNS label. */
const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const named = (items: Schema) => ({ ...listOf(items), uniqueItems: true });
/** Several Pods, or a share of them. */
const howMany: Schema = { anyOf: [whole(0, 1000), text('^[0-9]{1,3}%$')] };
const replicas = whole(0, 100);
const quantities: Schema = { type: 'object', additionalProperties: { type: ['string', 'number'] } };
const resources = closed({ requests: quantities, limits: quantities, claims: objects });
const seconds = whole(0, 3600);
const probe = closed({
  initialDelaySeconds: seconds,
  periodSeconds: seconds,
  timeoutSeconds: seconds,
  successThreshold: whole(1, 10),
  failureThreshold: whole(1, 100),
  terminationGracePeriodSeconds: seconds,
});
const spread = closed(
  {
    topologyKey: text('.'),
    maxSkew: whole(1, 100),
    minDomains: whole(1, 100),
    whenUnsatisfiable: oneOf('DoNotSchedule', 'ScheduleAnyway'),
    nodeAffinityPolicy: oneOf('Honor', 'Ignore'),
    nodeTaintsPolicy: oneOf('Honor', 'Ignore'),
  },
  { required: ['topologyKey', 'maxSkew', 'whenUnsatisfiable'] },
);

/** What a breach of a rule leads to; empty leaves it to the pack. */
const actions = oneOf('', ...reviewActions);
const policyNames = named(text('^[-a-zA-Z0-9_.]+$'));

/**
 * What values look like that are more than a text or a truth: by their path, or by the end of it behind `*.`. Enumerations
 * and bounds are those of the processes' settings; a test holds them to those.
 */
export const formats: Readonly<Record<string, Schema>> = {
  commonLabels: texts,
  commonAnnotations: texts,
  'image.digest': text('^(sha256:[0-9a-f]{64})?$'),
  'image.repository': text('.'),
  'image.pullPolicy': oneOf('Always', 'IfNotPresent', 'Never'),
  imagePullSecrets: listOf(closed({ name: text('.') }, { required: ['name'] })),
  watchNamespaces: named({ ...text(`^${label}$`), not: { const: 'kube-system' } }),
  logLevel: oneOf('debug', 'info', 'warn', 'error'),
  reach: oneOf('Granted', 'Any'),
  maxRemovals: text('^([0-9]|[1-9][0-9]|100)%$'),
  revisionHistoryLimit: whole(0, 100),
  podSecurityContext: anObject,
  securityContext: anObject,
  'certificates.mode': oneOf('self-signed', 'secret', 'vault'),
  'certificates.caLife': text(duration),
  'certificates.life': text(duration),
  'certificates.caSettle': text(duration),
  'certificates.minTls': oneOf('TLSv1.3', 'TLSv1.2'),
  'certificates.vault.address': text('^(https?://.+)?$'),
  'certificates.vault.names': named(text('.')),
  'certificates.vault.key': oneOf('rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384'),
  'certificates.vault.login.method': oneOf('kubernetes', 'approle', 'token'),
  'webhook.port': port,
  'webhook.service.port': port,
  'webhook.enforcement': oneOf('Auto', 'Deny', 'Warn'),
  'webhook.inlineSecrets': oneOf('Warn', 'Deny'),
  'webhook.deliveryTools': named(text('.')),
  'webhook.maxInFlight': whole(1, 100_000),
  'webhook.drain': text(duration),
  'webhook.timeoutSeconds': whole(1, 30),
  'webhook.namespaceSelector': closed({ matchLabels: texts, matchExpressions: objects }),
  'webhook.configurationAnnotations': texts,
  'webhook.autoscaling.minReplicas': whole(1, 100),
  'webhook.autoscaling.maxReplicas': whole(1, 100),
  'webhook.autoscaling.targetCPUUtilizationPercentage': whole(1, 1000),
  'webhook.autoscaling.behavior': anObject,
  'controller.shards': whole(1, 64),
  'controller.leaseSeconds': whole(3, 600),
  'controller.driftIntervalSeconds': whole(1, 86_400),
  'controller.deletionTimeout': text(`^(|${duration.slice(1, -1)})$`),
  'controller.platformOperatorNamespaces': named(text(`^${label}$`)),
  '*.action': actions,
  '*.actions': { type: 'object', additionalProperties: actions },
  '*.excludeNamespaces': named(text('^[-a-z0-9*]+$')),
  '*.rollout': objects,
  '*.exceptions': objects,
  '*.certificateWarnBefore': text('^[0-9]{1,5}h$'),
  '*.allowedHosts': named(text('^(\\*\\.)?[-a-zA-Z0-9_.:]+$')),
  '*.authenticationPolicies': policyNames,
  '*.guardrails': policyNames,
  '*.tokenLimits': policyNames,
  '*.forbiddenPolicies': policyNames,
  'uninstall.resources': oneOf('keep', 'delete'),
  'uninstall.timeout': text(duration),
  'uninstall.deadlineSeconds': whole(1, 86_400),
  'metrics.access': oneOf('anyone', 'reviewed'),
  'metrics.serviceMonitor.interval': text('^([0-9]+(ms|s|m|h|d))+$'),
  'metrics.serviceMonitor.scrapeTimeout': text('^([0-9]+(ms|s|m|h|d))+$'),
  'networkPolicy.apiServers': objects,
  'networkPolicy.scrapers': objects,
  'networkPolicy.gateways': objects,
  'networkPolicy.apiServerPorts': { ...named(port), minItems: 1 },
  'networkPolicy.gatewayPorts': named(port),
  'networkPolicy.dnsPorts': { ...named(port), minItems: 1 },
  '*.replicas': replicas,
  '*.probePort': port,
  '*.podDisruptionBudget.maxUnavailable': howMany,
  '*.resources': resources,
  '*.podResources': resources,
  '*.livenessProbe': probe,
  '*.readinessProbe': probe,
  '*.terminationGracePeriodSeconds': whole(1, 3600),
  '*.topologySpread': listOf(spread),
  '*.nodeSelector': texts,
  '*.tolerations': objects,
  '*.affinity': anObject,
  '*.deploymentAnnotations': texts,
  '*.podLabels': texts,
  '*.podAnnotations': texts,
  '*.annotations': texts,
  '*.labels': texts,
  '*.extraArgs': listOf({ type: 'string' }),
  '*.extraEnv': objects,
  '*.extraEnvFrom': objects,
  '*.extraVolumes': objects,
  '*.extraVolumeMounts': objects,
  '*.extraContainers': objects,
  '*.metricRelabelings': objects,
};
