import { randomUUID } from 'node:crypto';
import type { Api } from '../generation.ts';
import { managementBase } from '../generation.ts';
import { Refused } from '../kinds/refusals.ts';
import type { Reply } from '../wire/reply.ts';
import { json, text } from '../wire/reply.ts';
import type { Access, User } from './access.ts';
import type { RawReply, RawRequest } from './http.ts';
import { deprecation, withoutBase } from './http.ts';
import type { Match, Router } from './router.ts';

/**
 * The management API. Generation 0.9 asks who you are before anything else; generation 1 first looks whether
 * there is such a path.
 */
export class ManagementApi {
  readonly #api: Api;
  readonly #access: Access;
  readonly #router: Router;

  constructor(api: Api, access: Access, router: Router) {
    this.#api = api;
    this.#access = access;
    this.#router = router;
  }

  answer(raw: RawRequest): RawReply & { readonly user: string | undefined } {
    const base = managementBase(this.#api);
    const { path, prefixed } = withoutBase(raw.path, base);
    // Go's own mux, which generation 1 uses, answers HEAD wherever there is a GET.
    const method = this.#api === 'v1' && raw.method === 'HEAD' ? 'GET' : raw.method;
    const match = this.#router.match(method, path);
    const user = this.#access.authenticate(raw.authorization);
    const reply = this.#answer(raw, match, user);
    const legacy = !prefixed && match.is !== 'nothing' ? deprecation(base, path) : {};
    return { ...this.#dressed(reply, legacy), user: typeof user === 'string' ? undefined : user.name };
  }

  #answer(raw: RawRequest, match: Match, user: User | 'absent' | 'wrong'): Reply {
    if (this.#api === 'v1' && match.is !== 'route') return noRoute(match, this.#api);
    if (typeof user === 'string') return unauthorized(user, this.#api);
    if (match.is !== 'route') return noRoute(match, this.#api);
    const { route, params } = match;
    if (!route.roles.includes(user.role)) return forbidden(this.#api);
    try {
      return route.answer({ ...raw, params, user: user.name, role: user.role });
    } catch (error) {
      if (error instanceof Refused) return error.reply;
      throw error;
    }
  }

  #dressed(reply: Reply, legacy: Readonly<Record<string, string>>): RawReply {
    const headers = { ...legacy, ...reply.headers, 'X-Correlation-Id': randomUUID() };
    if (reply.content === 'none') return { status: reply.status, headers, body: '' };
    const newer = this.#api === 'v1';
    const type = reply.content === 'json' ? 'application/json' : 'text/plain';
    const charset = (reply.content === 'json') !== newer ? '; charset=utf-8' : '';
    return {
      status: reply.status,
      headers: {
        ...headers,
        'Content-Type': `${type}${charset}`,
        ...(newer && reply.content === 'text' && { 'X-Content-Type-Options': 'nosniff' }),
      },
      body: newer ? `${reply.body}\n` : reply.body,
    };
  }
}

export function unauthorized(why: 'absent' | 'wrong', api: Api): Reply {
  const message = why === 'absent' ? 'no valid authentication credentials provided' : 'authentication failed';
  const code = why === 'absent' ? 'skip_authz' : 'authentication_failed';
  return json(401, api === 'v1' ? { code, message } : { error: message });
}

function forbidden(api: Api): Reply {
  return json(403, api === 'v1' ? { code: 'forbidden', message: 'forbidden' } : { error: 'forbidden' });
}

function noRoute(match: Exclude<Match, { is: 'route' }>, api: Api): Reply {
  if (match.is === 'nothing' || api === 'v0.9') return text(404, '404 page not found');
  return { ...text(405, 'Method Not Allowed'), headers: { Allow: match.allowed.join(', ') } };
}
