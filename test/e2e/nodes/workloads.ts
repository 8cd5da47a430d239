interface Shape {
  readonly replicas?: number;
  /** In the place of what the container has otherwise. */
  readonly container?: object;
}

const image = 'program:1';

/** A Deployment of the program, with everything in it that a careful chart writes. */
export function deployment(name: string, { replicas = 1, container = {} }: Shape = {}): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 5,
          securityContext: {
            runAsUser: 1234,
            runAsGroup: 2345,
            runAsNonRoot: true,
            fsGroup: 3456,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: 'program',
              image,
              args: ['--said=$(SAYS)'],
              command: ['node', 'main.js'],
              env: [
                { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
                { name: 'WORD', valueFrom: { secretKeyRef: { name: 'word', key: 'word' } } },
              ],
              envFrom: [{ configMapRef: { name: 'names' } }],
              ports: [{ name: 'http', containerPort: 8080 }],
              readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1 },
              volumeMounts: [
                { name: 'scratch', mountPath: '/scratch' },
                { name: 'words', mountPath: '/words' },
              ],
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              ...container,
            },
          ],
          volumes: [
            { name: 'scratch', emptyDir: {} },
            { name: 'words', secret: { secretName: 'word' } },
          ],
        },
      },
    },
  };
}

export function service(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 'http' }] },
  };
}

/** A Job that is tried once, and ends with this code. */
export function job(name: string, exitCode: number): object {
  const container = { name: 'program', image, env: [{ name: 'EXIT_CODE', value: String(exitCode) }] };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      backoffLimit: 0,
      template: { spec: { restartPolicy: 'Never', containers: [container] } },
    },
  };
}
