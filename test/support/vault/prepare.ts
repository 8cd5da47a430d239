import type { RealVault } from './real-vault.ts';

/** What a PKI role may sign in tests, where they do not say otherwise. */
const role = {
  allowed_domains: 'svc',
  allow_subdomains: true,
  key_type: 'any',
  max_ttl: '720h',
};

const policy = { policy: 'path "+/sign/+" { capabilities = ["update"] }' };

/** A PKI secrets engine at `pki` with a root and the role `webhook`, and the policy `webhook` that may have anything signed. */
export async function prepareEngine(vault: RealVault, changes: Readonly<Record<string, unknown>> = {}) {
  await vault.ask('POST', 'sys/mounts/pki', { type: 'pki', config: { max_lease_ttl: '87600h' } });
  await vault.ask('POST', 'pki/root/generate/internal', { common_name: 'first root', ttl: '8760h' });
  await vault.ask('POST', 'pki/roles/webhook', { ...role, ...changes });
  await vault.ask('POST', 'sys/policies/acl/webhook', policy);
}

/** From now on the engine signs by another root; returns its certificate. */
export async function changeAuthority(vault: RealVault, name: string): Promise<string> {
  const { data } = await vault.ask('POST', 'pki/root/rotate/internal', { common_name: name, ttl: '8760h' });
  const { issuer_id: issuer, certificate } = data as Readonly<Record<string, string>>;
  await vault.ask('POST', 'pki/root/replace', { default: issuer });
  return certificate ?? '';
}

/** Enables AppRole with the role `webhook`; returns what it logs in with. */
export async function prepareAppRole(vault: RealVault, changes: Readonly<Record<string, unknown>> = {}) {
  await vault.ask('POST', 'sys/auth/approle', { type: 'approle' });
  const values = { token_policies: ['default', 'webhook'], token_ttl: '1h', token_max_ttl: '24h' };
  await vault.ask('POST', 'auth/approle/role/webhook', { ...values, ...changes });
  const id = await vault.ask('GET', 'auth/approle/role/webhook/role-id');
  const secret = await vault.ask('POST', 'auth/approle/role/webhook/secret-id', {});
  return {
    roleId: (id.data as { readonly role_id: string }).role_id,
    secretId: (secret.data as { readonly secret_id: string }).secret_id,
  };
}

/**
 * Takes the tokens of a service account. The method that verifies them by the keys of the API server (`jwt`) stands where
 * the one that asks the API server (`kubernetes`) would: both are spoken to in the same way, and only the former is part
 * of the smaller Vault that we build.
 */
export async function prepareServiceAccount(
  vault: RealVault,
  trusted: { readonly publicKeys: readonly string[]; readonly subject: string; readonly audience: string },
) {
  await vault.ask('POST', 'sys/auth/kubernetes', { type: 'jwt' });
  await vault.ask('POST', 'auth/kubernetes/config', { jwt_validation_pubkeys: trusted.publicKeys });
  await vault.ask('POST', 'auth/kubernetes/role/webhook', {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_subject: trusted.subject,
    bound_audiences: [trusted.audience],
    token_policies: ['webhook'],
  });
}
