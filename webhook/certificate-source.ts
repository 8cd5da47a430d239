import { Provided } from '../certs/provided.ts';
import { SelfSigned, type SourceDependencies } from '../certs/self-signed.ts';
import type { Source } from '../certs/source.ts';
import { VaultIssued } from '../certs/vault-issued.ts';
import { SettingsError } from '../src/runtime/settings.ts';
import type { WebhookSettings } from './settings.ts';
import { vaultAccess } from './vault-access.ts';
import type { VaultSettings } from './vault-settings.ts';

/** Where the certificate comes from, as the settings say. */
export function certificateSource(
  settings: Pick<
    WebhookSettings,
    | 'namespace'
    | 'service'
    | 'clusterDomain'
    | 'certificates'
    | 'certificateSecret'
    | 'authorityLifeMs'
    | 'leafLifeMs'
  > &
    VaultSettings,
  dependencies: SourceDependencies,
): Source {
  const { namespace, service, clusterDomain, authorityLifeMs, leafLifeMs } = settings;
  const secret = { namespace, name: settings.certificateSecret };
  const dnsNames = [
    `${service}.${namespace}.svc`,
    `${service}.${namespace}.svc.${clusterDomain}`,
    `${service}.${namespace}`,
    service,
  ];
  switch (settings.certificates) {
    case 'self-signed':
      return new SelfSigned({ secret, dnsNames, authorityLifeMs, leafLifeMs }, dependencies);
    case 'secret':
      return new Provided({ secret, dnsNames }, dependencies);
    case 'vault': {
      const access = vaultAccess(settings);
      if ('mistakes' in access) throw new SettingsError(access.mistakes);
      const { vaultNames = dnsNames } = settings;
      return new VaultIssued({ ...access, dnsNames: vaultNames, leafLifeMs }, dependencies);
    }
  }
}
