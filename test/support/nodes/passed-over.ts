import type { Pod } from './pod.ts';

/**
 * What a Pod may say that is read here, or that makes no difference on one machine (where it runs, what it may use of
 * it). Anything else keeps the Pod from running, and is named: what runs is what the Pod says, or nothing.
 */
const known: Readonly<Record<string, readonly string[]>> = {
  spec: [
    'activeDeadlineSeconds affinity automountServiceAccountToken containers dnsPolicy enableServiceLinks imagePullSecrets nodeName',
    'nodeSelector preemptionPolicy priority priorityClassName restartPolicy schedulerName securityContext',
    'serviceAccount serviceAccountName terminationGracePeriodSeconds tolerations topologySpreadConstraints volumes',
  ],
  'spec.securityContext': ['fsGroup runAsGroup runAsNonRoot runAsUser seccompProfile'],
  'spec.containers': [
    'args command env envFrom image imagePullPolicy lifecycle livenessProbe name ports readinessProbe resources',
    'securityContext startupProbe terminationMessagePath terminationMessagePolicy volumeMounts workingDir',
  ],
  'spec.containers.securityContext': [
    'allowPrivilegeEscalation capabilities privileged readOnlyRootFilesystem runAsGroup runAsNonRoot runAsUser',
    'seccompProfile',
  ],
  'spec.containers.env': ['name value valueFrom'],
  'spec.containers.env.valueFrom': ['fieldRef secretKeyRef configMapKeyRef'],
  'spec.containers.envFrom': ['prefix secretRef configMapRef'],
  'spec.containers.lifecycle': ['preStop'],
  'spec.containers.lifecycle.preStop': ['sleep'],
  'spec.containers.volumeMounts': ['name mountPath readOnly'],
  'spec.volumes': ['name secret configMap emptyDir projected downwardAPI'],
  'spec.volumes.projected': ['sources defaultMode'],
  'spec.volumes.projected.sources': ['secret configMap downwardAPI serviceAccountToken'],
  ...Object.fromEntries(
    ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => [
      `spec.containers.${probe}`,
      [
        'httpGet tcpSocket initialDelaySeconds periodSeconds timeoutSeconds successThreshold failureThreshold',
      ],
    ]),
  ),
};

/** The paths of a Pod's fields that nobody here knows how to heed. */
export function unknownFields(pod: Pod): readonly string[] {
  return [...unknownIn('spec', pod.spec)];
}

function* unknownIn(path: string, value: unknown): Generator<string> {
  const names = known[path]?.flatMap((line) => line.split(' '));
  if (names === undefined || typeof value !== 'object' || value === null) return;
  for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
    for (const [name, below] of Object.entries(one as object)) {
      if (names.includes(name)) yield* unknownIn(`${path}.${name}`, below);
      else yield `${path}.${name}`;
    }
  }
}
