import { parse } from 'yaml';
import { partOf } from '../model/item.ts';

/** What the platform's chart sets where nobody says otherwise. */
export const initial = { username: 'admin', password: 'admin' } as const;

/** What the Helm values of a gateway say of its users. A message completes "could not find the gateway because …". */
export type HelmCredentials =
  | { readonly is: 'found'; readonly username: string; readonly password: string }
  /** Basic authentication is switched off: it asks for no password. */
  | { readonly is: 'off' }
  | { readonly is: 'absent' }
  | { readonly is: 'fault'; readonly message: string };

const wayOut = 'spec.management.auth names a Secret with user and password';

/**
 * User and password out of the Helm values of a gateway, where the platform's operator finds them: the first user of
 * `gateway.config.controller.auth.basic`.
 */
export function helmCredentials(values: string | undefined): HelmCredentials {
  if (values === undefined) return { is: 'absent' };
  const read = readYaml(values);
  if (read === undefined) return { is: 'fault', message: `its Helm values are no YAML; ${wayOut}` };
  const basic = partOf(read, 'gateway', 'config', 'controller', 'auth', 'basic');
  if (partOf(basic, 'enabled') === false) return { is: 'off' };
  const users = partOf(basic, 'users');
  const first: unknown = Array.isArray(users) ? users[0] : undefined;
  if (first === undefined) return { is: 'absent' };
  const username = partOf(first, 'username');
  const password = partOf(first, 'password');
  if (partOf(first, 'password_hashed') === true) {
    const message = `its Helm values hold no more than a hash of its user's password; ${wayOut}`;
    return { is: 'fault', message };
  }
  return typeof username === 'string' && typeof password === 'string'
    ? { is: 'found', username, password }
    : { is: 'fault', message: `the first user in its Helm values has no name or no password; ${wayOut}` };
}

function readYaml(text: string): unknown {
  try {
    return (parse(text) as unknown) ?? {};
  } catch {
    return undefined;
  }
}
