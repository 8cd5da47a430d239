import type { Role } from '../server/access.ts';

/** A request that has been authenticated and routed. */
export interface Request {
  readonly method: string;
  /** The values of the `{…}` segments of the route, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: string;
  readonly user: string;
  readonly role: Role;
}

export function param(request: Request, name: string): string {
  return request.params[name] ?? '';
}
