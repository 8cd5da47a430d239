import { parse } from 'yaml';
import { partOf } from '../../src/model/item.ts';

/** What the platform's chart sets where nobody says otherwise. */
const initial = { username: 'admin', password: 'admin' };

/**
 * User and password out of the Helm values of a gateway, as the platform's operator finds them: the first user of
 * `gateway.config.controller.auth.basic`, unless that is switched off or the password is only there as a hash.
 */
export function helmCredentials(values: string | undefined): {
  readonly username: string;
  readonly password: string;
} {
  const basic = partOf(readYaml(values), 'gateway', 'config', 'controller', 'auth', 'basic');
  const users = partOf(basic, 'users');
  if (partOf(basic, 'enabled') === false || !Array.isArray(users)) return initial;
  const [first] = users as readonly unknown[];
  const username = partOf(first, 'username');
  const password = partOf(first, 'password');
  if (partOf(first, 'password_hashed') === true) return initial;
  return typeof username === 'string' && typeof password === 'string' ? { username, password } : initial;
}

function readYaml(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (parse(text) as unknown);
  } catch {
    return undefined;
  }
}
