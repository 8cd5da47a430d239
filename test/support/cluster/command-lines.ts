/** What the processes of a control plane are started with, and why. Pure. */

export interface Layout {
  /** Where certificates, keys and data are. */
  readonly folder: string;
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  readonly apiServerPort: number;
  readonly serviceCidr: string;
  readonly auditLog?: string | undefined;
}

export const pkiFiles = {
  caCertificate: 'pki/ca.crt',
  caKey: 'pki/ca.key',
  serverCertificate: 'pki/server.crt',
  serverKey: 'pki/server.key',
  serviceAccountPublicKey: 'pki/service-account.pub',
  serviceAccountPrivateKey: 'pki/service-account.key',
} as const;

export const auditPolicyFile = 'audit-policy.json';

/** Every request once, when it is answered; who, what and the verdict, never an object. */
export const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [{ level: 'Metadata' }],
};

export const issuer = 'https://kubernetes.default.svc';

export function etcdArgs({ folder, etcdPort, etcdPeerPort }: Layout): string[] {
  const clients = `http://127.0.0.1:${etcdPort}`;
  const peers = `http://127.0.0.1:${etcdPeerPort}`;
  return [
    '--name=portcullis',
    `--data-dir=${folder}/etcd`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=portcullis=${peers}`,
    // What is stored need not survive a power cut, and waiting for the disk is most of a write.
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

export function apiServerArgs(layout: Layout, extra: readonly string[]): string[] {
  const file = (name: keyof typeof pkiFiles): string => `${layout.folder}/${pkiFiles[name]}`;
  return [
    `--etcd-servers=http://127.0.0.1:${layout.etcdPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${layout.apiServerPort}`,
    `--cert-dir=${layout.folder}/pki`,
    `--tls-cert-file=${file('serverCertificate')}`,
    `--tls-private-key-file=${file('serverKey')}`,
    `--client-ca-file=${file('caCertificate')}`,
    '--authorization-mode=RBAC',
    `--service-account-issuer=${issuer}`,
    `--service-account-key-file=${file('serviceAccountPublicKey')}`,
    `--service-account-signing-key-file=${file('serviceAccountPrivateKey')}`,
    `--service-cluster-ip-range=${layout.serviceCidr}`,
    '--allow-privileged=true',
    // There is one API server, and nobody looks for it through the endpoints of the Service "kubernetes".
    '--endpoint-reconciler-type=none',
    // Fair queueing between clients is not what anybody here tests, and its first objects delay the start.
    '--enable-priority-and-fairness=false',
    '--profiling=false',
    ...auditArgs(layout),
    ...extra,
  ];
}

function auditArgs({ folder, auditLog }: Layout): string[] {
  if (auditLog === undefined) return [];
  // Blocking: a request that was answered stands in the log.
  return [
    `--audit-log-path=${auditLog}`,
    `--audit-policy-file=${folder}/${auditPolicyFile}`,
    '--audit-log-mode=blocking',
  ];
}

export function controllerManagerArgs({ folder }: Layout, kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--service-account-private-key-file=${folder}/${pkiFiles.serviceAccountPrivateKey}`,
    `--root-ca-file=${folder}/${pkiFiles.caCertificate}`,
    `--cluster-signing-cert-file=${folder}/${pkiFiles.caCertificate}`,
    `--cluster-signing-key-file=${folder}/${pkiFiles.caKey}`,
    '--leader-elect=false',
    // It would serve nothing but its own metrics.
    '--secure-port=0',
    // The default of 20 requests per second makes deleting a namespace take several seconds.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ];
}

/** The first address of the range: the Service "kubernetes", as clients in a Pod see the API server. */
export function firstServiceAddress(cidr: string): string {
  const octets = (cidr.split('/')[0] ?? '').split('.').map(Number);
  const number = octets.reduce((sum, octet) => sum * 256 + octet, 0) + 1;
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}
