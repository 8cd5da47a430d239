import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firstServiceAddress, pkiFiles } from './command-lines.ts';
import { CertificateAuthority, type KeyPair, serviceAccountKeys } from './credentials.ts';

export interface Pki {
  readonly authority: CertificateAuthority;
  readonly admin: KeyPair;
}

/** The group that RBAC gives everything, and that admission and authorization webhooks cannot lock out. */
const adminGroup = 'system:masters';

/**
 * Writes what the control plane's command lines name below `folder`. A folder that was used before keeps its
 * authority and its service-account key, so that kubeconfigs and tokens issued earlier stay valid.
 */
export async function preparePki(folder: string, serviceCidr: string): Promise<Pki> {
  await mkdir(join(folder, 'pki'), { recursive: true, mode: 0o700 });
  const authority = (await storedAuthority(folder)) ?? (await CertificateAuthority.create());
  const [server, admin] = await Promise.all([
    authority.issue({ commonName: 'kube-apiserver', hosts: serverNames(serviceCidr) }),
    authority.issue({ commonName: 'admin', organizations: [adminGroup] }),
    storeServiceAccountKeys(folder),
  ]);
  await Promise.all([
    store(folder, 'caCertificate', authority.pair.certificate),
    store(folder, 'caKey', authority.pair.key),
    store(folder, 'serverCertificate', server.certificate),
    store(folder, 'serverKey', server.key),
  ]);
  return { authority, admin };
}

function serverNames(serviceCidr: string): string[] {
  const service = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  return ['127.0.0.1', 'localhost', firstServiceAddress(serviceCidr), ...service];
}

async function storedAuthority(folder: string): Promise<CertificateAuthority | undefined> {
  const [certificate, key] = await Promise.all([load(folder, 'caCertificate'), load(folder, 'caKey')]);
  return certificate !== undefined && key !== undefined
    ? new CertificateAuthority({ certificate, key })
    : undefined;
}

async function storeServiceAccountKeys(folder: string): Promise<void> {
  if ((await load(folder, 'serviceAccountPrivateKey')) !== undefined) return;
  const { publicKey, privateKey } = await serviceAccountKeys();
  await store(folder, 'serviceAccountPublicKey', publicKey);
  await store(folder, 'serviceAccountPrivateKey', privateKey);
}

async function load(folder: string, file: keyof typeof pkiFiles): Promise<string | undefined> {
  return await readFile(join(folder, pkiFiles[file]), 'utf8').catch(() => undefined);
}

async function store(folder: string, file: keyof typeof pkiFiles, content: string): Promise<void> {
  await writeFile(join(folder, pkiFiles[file]), content, { mode: 0o600 });
}
