import { stringify } from 'yaml';
import type { KeyPair } from './credentials.ts';

export interface Access {
  readonly server: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly client: KeyPair;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig with everything inside, so that it can be copied anywhere on this machine. */
export function kubeconfigText(user: string, { server, certificateAuthority, client }: Access): string {
  const name = 'portcullis';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(certificateAuthority) } }],
    users: [
      {
        name: user,
        user: {
          'client-certificate-data': base64(client.certificate),
          'client-key-data': base64(client.key),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user } }],
    'current-context': name,
  });
}
