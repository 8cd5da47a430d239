import { scopeSettings } from '../src/kube/scope-settings.ts';
import { processSettings } from '../src/runtime/process-settings.ts';
import { setting } from '../src/runtime/setting.ts';
import type { SettingsOf } from '../src/runtime/settings.ts';
import { vaultAccess } from './vault-access.ts';
import { vaultSettings } from './vault-settings.ts';

const dayMs = 86_400_000;

/** Everything that the admission process can be told, and where. */
export const webhookSettings = {
  ...processSettings,
  ...scopeSettings,
  service: setting.string({
    env: 'PORTCULLIS_SERVICE',
    help: 'Service in front of this process; the certificate is made for it',
    default: 'portcullis-webhook',
  }),
  host: setting.string({ env: 'PORTCULLIS_HOST', help: 'Address to listen on', default: '0.0.0.0' }),
  port: setting.integer({
    env: 'PORTCULLIS_PORT',
    help: 'Port for reviews (HTTPS)',
    default: 9443,
    min: 0,
    max: 65535,
  }),
  probePort: setting.integer({
    env: 'PORTCULLIS_PROBE_PORT',
    help: 'Port for probes and metrics (HTTP)',
    default: 8081,
    min: 0,
    max: 65535,
  }),
  certificates: setting.oneOf({
    env: 'PORTCULLIS_CERTIFICATES',
    help: 'Where the serving certificate comes from: self-signed makes a CA and renews everything; secret reads what somebody else renews, such as cert-manager; vault has one for each replica signed by HashiCorp Vault or OpenBao',
    values: ['self-signed', 'secret', 'vault'],
    default: 'self-signed',
  }),
  certificateSecret: setting.string({
    env: 'PORTCULLIS_CERTIFICATE_SECRET',
    help: 'Secret that keeps the certificate (tls.crt, tls.key, ca.crt), and the CA where we make one',
    default: 'portcullis-webhook-certificate',
  }),
  authorityLifeMs: setting.durationMs({
    env: 'PORTCULLIS_CA_LIFE',
    help: 'Life of a CA that we make; it is renewed when two thirds are over',
    default: 3650 * dayMs,
    min: 10_000,
  }),
  leafLifeMs: setting.durationMs({
    env: 'PORTCULLIS_CERTIFICATE_LIFE',
    help: 'Life of a certificate that we sign, or that we ask Vault for; it is renewed when two thirds are over',
    default: 365 * dayMs,
    min: 3000,
  }),
  ...vaultSettings,
  certificateSettleMs: setting.durationMs({
    env: 'PORTCULLIS_CA_SETTLE',
    help: 'How long a new CA stands in the webhook configurations before it signs, so that every API server trusts it by then',
    default: 10_000,
    min: 0,
  }),
  minTls: setting.oneOf({
    env: 'PORTCULLIS_MIN_TLS',
    help: 'The oldest TLS that is spoken to the API server',
    values: ['TLSv1.3', 'TLSv1.2'],
    default: 'TLSv1.3',
  }),
  clientCaFile: setting.string({
    env: 'PORTCULLIS_CLIENT_CA_FILE',
    help: 'CA certificates (PEM) of which one must have signed the certificate that the API server shows; without it none is asked for',
    default: undefined,
  }),
  clusterDomain: setting.string({
    env: 'PORTCULLIS_CLUSTER_DOMAIN',
    help: 'Domain of the Services of the cluster',
    default: 'cluster.local',
  }),
  validatingConfiguration: setting.string({
    env: 'PORTCULLIS_VALIDATING_CONFIGURATION',
    help: 'ValidatingWebhookConfiguration whose caBundle is kept',
    default: 'portcullis',
  }),
  mutatingConfiguration: setting.string({
    env: 'PORTCULLIS_MUTATING_CONFIGURATION',
    help: 'MutatingWebhookConfiguration whose caBundle is kept',
    default: 'portcullis',
  }),
  enforcement: setting.oneOf({
    env: 'PORTCULLIS_ENFORCEMENT',
    help: 'How absent references, and deletions of what is in use, are treated; Auto refuses a person and warns a delivery tool. A namespace label overrides it',
    values: ['Auto', 'Deny', 'Warn'],
    default: 'Auto',
  }),
  inlineSecrets: setting.oneOf({
    env: 'PORTCULLIS_INLINE_SECRETS',
    help: 'What a secret that is written into a resource leads to; Warn admits it and says so',
    values: ['Warn', 'Deny'],
    default: 'Warn',
  }),
  deliveryTools: setting.list({
    env: 'PORTCULLIS_DELIVERY_TOOLS',
    help: 'Field managers and users that count as delivery tools; * stands for anything',
    default: [
      'helm',
      'argocd-*',
      'kustomize-controller',
      'helm-controller',
      'flux-*',
      'Terraform',
      'pulumi-*',
      'fleet*',
      'system:serviceaccount:argocd:*',
      'system:serviceaccount:flux-system:*',
    ],
  }),
  maxInFlight: setting.integer({
    env: 'PORTCULLIS_MAX_IN_FLIGHT',
    help: 'Reviews under way at once before further ones are turned away',
    default: 200,
    min: 1,
  }),
  drainMs: setting.durationMs({
    env: 'PORTCULLIS_DRAIN',
    help: 'How long to go on serving after a signal, until no request comes any more',
    default: 5000,
    min: 0,
  }),
} as const;

export type WebhookSettings = SettingsOf<typeof webhookSettings>;

/** What is wrong with settings that are each as they should be. */
export function mistakesTogether(settings: WebhookSettings): readonly string[] {
  if (settings.certificates !== 'vault') return [];
  const access = vaultAccess(settings);
  return 'mistakes' in access ? access.mistakes : [];
}
