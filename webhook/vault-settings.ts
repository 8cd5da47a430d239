import { keyKinds } from '../certs/signing-request.ts';
import { setting } from '../src/runtime/setting.ts';
import type { SettingsOf } from '../src/runtime/settings.ts';

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** What is told of a Vault, or an OpenBao, that signs the serving certificate. */
export const vaultSettings = {
  vaultAddress: setting.url({
    env: 'PORTCULLIS_VAULT_ADDRESS',
    help: 'Vault: where it answers, with the path in front of /v1 if there is one',
    default: undefined,
  }),
  vaultAllowHttp: setting.boolean({
    env: 'PORTCULLIS_VAULT_ALLOW_HTTP',
    help: 'Vault: whether tokens may go to another machine without TLS',
    default: false,
  }),
  vaultCaFile: setting.string({
    env: 'PORTCULLIS_VAULT_CA_FILE',
    help: "Vault: CA certificates (PEM) of which one has signed Vault's own certificate; without it, the system's",
    default: undefined,
  }),
  vaultNamespace: setting.string({
    env: 'PORTCULLIS_VAULT_NAMESPACE',
    help: "Vault: namespace, where it has them; it is Vault's own and not one of Kubernetes",
    default: undefined,
  }),
  vaultMount: setting.string({
    env: 'PORTCULLIS_VAULT_MOUNT',
    help: 'Vault: where the PKI secrets engine is mounted',
    default: 'pki',
  }),
  vaultRole: setting.string({
    env: 'PORTCULLIS_VAULT_ROLE',
    help: 'Vault: role of the PKI secrets engine that signs; our policy needs "update" on <mount>/sign/<role>',
    default: undefined,
  }),
  vaultNames: setting.list({
    env: 'PORTCULLIS_VAULT_NAMES',
    help: 'Vault: names to ask a certificate for; without it, all names of the Service. The API server needs <service>.<namespace>.svc',
    default: undefined,
  }),
  vaultKey: setting.oneOf({
    env: 'PORTCULLIS_VAULT_KEY',
    help: 'Vault: kind of our private key, which the role has to allow (key_type, key_bits)',
    values: keyKinds,
    default: 'rsa-2048',
  }),
  vaultLogin: setting.oneOf({
    env: 'PORTCULLIS_VAULT_LOGIN',
    help: 'Vault: how to log in. kubernetes shows the token of our service account, approle a role id and a secret id, token uses one that somebody else keeps in a file',
    values: ['kubernetes', 'approle', 'token'],
    default: 'kubernetes',
  }),
  vaultLoginMount: setting.string({
    env: 'PORTCULLIS_VAULT_LOGIN_MOUNT',
    help: 'Vault: where the login method is enabled; without it, under its own name',
    default: undefined,
  }),
  vaultLoginRole: setting.string({
    env: 'PORTCULLIS_VAULT_LOGIN_ROLE',
    help: 'Vault: role of the login by kubernetes',
    default: undefined,
  }),
  vaultServiceAccountTokenFile: setting.string({
    env: 'PORTCULLIS_VAULT_SERVICE_ACCOUNT_TOKEN_FILE',
    help: 'Vault: token of our service account, for the login by kubernetes',
    default: serviceAccountToken,
  }),
  vaultRoleId: setting.string({
    env: 'PORTCULLIS_VAULT_ROLE_ID',
    help: 'Vault: role id, for the login by approle',
    default: undefined,
  }),
  vaultSecretIdFile: setting.string({
    env: 'PORTCULLIS_VAULT_SECRET_ID_FILE',
    help: 'Vault: file with the secret id, for the login by approle',
    default: undefined,
  }),
  vaultTokenFile: setting.string({
    env: 'PORTCULLIS_VAULT_TOKEN_FILE',
    help: 'Vault: file with the token, for the login by token; it is read anew when the token ends',
    default: undefined,
  }),
} as const;

export type VaultSettings = SettingsOf<typeof vaultSettings>;
