export type Role = 'admin' | 'developer' | 'consumer';

export interface User {
  readonly name: string;
  readonly password: string;
  readonly role: Role;
}

export const defaultUsers: readonly User[] = [
  { name: 'admin', password: 'admin', role: 'admin' },
  { name: 'dev', password: 'dev', role: 'developer' },
  { name: 'consumer', password: 'consumer', role: 'consumer' },
];

/** Who may come in: basic authentication against a list, or a bearer token that stands for a user. */
export class Access {
  readonly #users: Map<string, User>;
  readonly #tokens: ReadonlyMap<string, string>;

  constructor(users: readonly User[], tokens: Readonly<Record<string, string>>) {
    this.#users = new Map(users.map((user) => [user.name, user]));
    this.#tokens = new Map(Object.entries(tokens));
  }

  setPassword(name: string, password: string): void {
    const user = this.#users.get(name);
    if (user === undefined) throw new Error(`could not set a password because there is no user ${name}`);
    this.#users.set(name, { ...user, password });
  }

  authenticate(authorization: string | undefined): User | 'absent' | 'wrong' {
    const [scheme = '', credentials = ''] = (authorization ?? '').split(' ', 2);
    if (scheme.toLowerCase() === 'bearer') {
      return this.#users.get(this.#tokens.get(credentials) ?? '') ?? 'wrong';
    }
    if (scheme.toLowerCase() !== 'basic') return 'absent';
    const [name = '', password] = Buffer.from(credentials, 'base64').toString().split(/:(.*)/s, 2);
    const user = this.#users.get(name);
    return user !== undefined && user.password === password ? user : 'wrong';
  }
}
