import { readFile } from 'node:fs/promises';
import { Sensitive } from '../src/runtime/sensitive.ts';
import { VaultError } from './vault-error.ts';
import { objectAt, type VaultBody, type VaultTransport } from './vault-transport.ts';

/** How we show ourselves to Vault. Every file is read anew at each login, since somebody may renew it. */
export type VaultLogin =
  | { readonly by: 'token'; readonly tokenFile: string }
  | {
      readonly by: 'approle';
      readonly mount: string;
      readonly roleId: string;
      readonly secretIdFile: string;
    }
  | {
      readonly by: 'kubernetes';
      readonly mount: string;
      readonly role: string;
      readonly tokenFile: string;
    };

/** What a login gives. */
export interface VaultToken {
  readonly token: Sensitive;
  /** How long it lasts, in milliseconds; undefined where it never ends, or where nobody says. */
  readonly lifeMs: number | undefined;
  readonly renewable: boolean;
}

export async function logIn(login: VaultLogin, transport: VaultTransport): Promise<VaultToken> {
  switch (login.by) {
    case 'token': {
      const token = await secretIn(login.tokenFile, 'PORTCULLIS_VAULT_TOKEN_FILE');
      return await looked(token, transport);
    }
    case 'approle': {
      const secretId = await secretIn(login.secretIdFile, 'PORTCULLIS_VAULT_SECRET_ID_FILE');
      const roleId = new Sensitive(login.roleId);
      const body = { role_id: login.roleId, secret_id: secretId.reveal() };
      const hint =
        'make sure that PORTCULLIS_VAULT_ROLE_ID is that of the AppRole, and that the secret id is neither over nor used up';
      return await loggedIn({ login, body, secrets: [secretId, roleId], hint }, transport);
    }
    case 'kubernetes': {
      const jwt = await secretIn(login.tokenFile, 'PORTCULLIS_VAULT_SERVICE_ACCOUNT_TOKEN_FILE');
      const body = { role: login.role, jwt: jwt.reveal() };
      const hint = `make sure that the role ${login.role} is bound to our service account and its namespace, and to the audience of the token`;
      return await loggedIn({ login, body, secrets: [jwt], hint }, transport);
    }
  }
}

interface Showing {
  readonly login: Exclude<VaultLogin, { readonly by: 'token' }>;
  readonly body: VaultBody;
  readonly secrets: readonly Sensitive[];
  /** What a person can do when Vault doesn't believe us. */
  readonly hint: string;
}

async function loggedIn(
  { login, body, secrets, hint }: Showing,
  transport: VaultTransport,
): Promise<VaultToken> {
  const absent = `make sure that PORTCULLIS_VAULT_LOGIN_MOUNT (${login.mount}) is where the method ${login.by} is enabled`;
  const answer = await transport.call({
    method: 'POST',
    path: `auth/${login.mount}/login`,
    body,
    secrets,
    purpose: `log in to Vault by ${login.by}`,
    advice: { refused: hint, forbidden: `${hint}; if nothing is enabled at the mount, ${absent}`, absent },
  });
  const found = tokenIn(answer);
  if (found === undefined) {
    const why = 'Vault gave no token; a method that asks for a second factor can not be used';
    throw new VaultError(`could not log in to Vault by ${login.by} because ${why}`, { means: 'refused' });
  }
  return found;
}

/** The token of an answer to a login or a renewal. */
export function tokenIn(answer: VaultBody): VaultToken | undefined {
  const { client_token: token, lease_duration: seconds, renewable } = objectAt(answer, 'auth');
  if (typeof token !== 'string' || token === '') return undefined;
  return { token: new Sensitive(token), lifeMs: lifeMs(seconds), renewable: renewable === true };
}

/** A token that somebody gave us: what Vault knows of its life. One that may not look at itself is used as it is. */
async function looked(token: Sensitive, transport: VaultTransport): Promise<VaultToken> {
  const hint = 'the token in PORTCULLIS_VAULT_TOKEN_FILE is refused';
  try {
    const answer = await transport.call({
      method: 'GET',
      path: 'auth/token/lookup-self',
      token,
      purpose: 'look at the token of Vault',
      advice: { refused: hint, forbidden: hint, absent: hint },
    });
    const { ttl, renewable } = objectAt(answer, 'data');
    return { token, lifeMs: lifeMs(ttl), renewable: renewable === true };
  } catch (error) {
    if (error instanceof VaultError && error.means === 'forbidden')
      return { token, lifeMs: undefined, renewable: false };
    throw error;
  }
}

/** Vault says 0 of a token that never ends. */
function lifeMs(seconds: unknown): number | undefined {
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
}

async function secretIn(file: string, setting: string): Promise<Sensitive> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new VaultError(`could not log in to Vault because the file of ${setting} can not be read`, {
      means: 'unavailable',
      cause,
    });
  });
  const secret = text.trim();
  if (secret === '' || /\s|\p{Cc}/u.test(secret))
    throw new VaultError(`could not log in to Vault because the file of ${setting} holds no token`, {
      means: 'refused',
    });
  return new Sensitive(secret);
}
