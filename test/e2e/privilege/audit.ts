import { open } from 'node:fs/promises';

/** One request of a ServiceAccount, as the API server has judged it. */
export interface Asked {
  /** Name of the ServiceAccount. */
  readonly account: string;
  readonly verb: string;
  readonly apiGroup: string;
  /** With the subresource, as roles write it. */
  readonly resource: string;
  readonly name: string | undefined;
  readonly path: string;
  readonly isForbidden: boolean;
  /** `ClusterRole/x` or `Role/x`: what allowed it, if a role did. */
  readonly role: string | undefined;
}

interface Event {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly name?: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly responseStatus?: { readonly code?: number; readonly message?: string };
}

/** The audit log of the API server, read on from where it was left. */
export class AuditLog {
  readonly #file: string;
  readonly #prefix: string;
  readonly #asked: Asked[] = [];
  #offset = 0;
  #rest = '';

  /** Of the ServiceAccounts of this namespace. */
  constructor(file: string, namespace: string) {
    this.#file = file;
    this.#prefix = `system:serviceaccount:${namespace}:`;
  }

  /** Everything that has been asked until now, in order. A watch stands there once it has ended. */
  async read(): Promise<readonly Asked[]> {
    const file = await open(this.#file);
    try {
      const { size } = await file.stat();
      const chunk = Buffer.alloc(size - this.#offset);
      const { bytesRead } = await file.read(chunk, 0, chunk.length, this.#offset);
      this.#offset += bytesRead;
      const lines = (this.#rest + chunk.toString('utf8', 0, bytesRead)).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) {
        if (!line.includes(this.#prefix)) continue;
        const event = JSON.parse(line) as Event;
        const asked = this.#parsed(event);
        if (asked !== undefined) this.#asked.push(asked, ...creationIn(event, asked));
      }
    } finally {
      await file.close();
    }
    return this.#asked;
  }

  #parsed({ verb, requestURI, user, objectRef, annotations = {} }: Event): Asked | undefined {
    if (!user.username.startsWith(this.#prefix)) return undefined;
    const { apiGroup = '', resource = '', subresource, name } = objectRef ?? {};
    const reason = annotations['authorization.k8s.io/reason'] ?? '';
    const [, kind, role] = / of (ClusterRole|Role) "([^"]+)"/.exec(reason) ?? [];
    return {
      account: user.username.slice(this.#prefix.length),
      verb,
      apiGroup,
      resource: subresource === undefined ? resource : `${resource}/${subresource}`,
      name,
      path: requestURI,
      isForbidden: annotations['authorization.k8s.io/decision'] === 'forbid',
      role: kind === undefined ? undefined : `${kind}/${role}`,
    };
  }
}

/** An apply of what is not there yet needs the right to create it too, which the log does not tell as a request of its own. */
function creationIn({ responseStatus: { code, message = '' } = {} }: Event, asked: Asked): readonly Asked[] {
  const isForbidden = code === 403 && message.includes('cannot create resource');
  if (asked.verb !== 'patch' || (code !== 201 && !isForbidden)) return [];
  return [{ ...asked, verb: 'create', isForbidden }];
}
