import type { Reply } from '../wire/reply.ts';
import type { Request } from '../wire/request.ts';
import type { Role } from './access.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Segments in braces are parameters. */
  readonly pattern: string;
  readonly roles: readonly Role[];
  answer(request: Request): Reply;
}

export type Match =
  | { readonly is: 'route'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly is: 'other method'; readonly allowed: readonly string[] }
  | { readonly is: 'nothing' };

/** Finds the route of a path. Fixed segments win over parameters. */
export class Router {
  readonly #routes: readonly Route[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.toSorted((a, b) => a.pattern.split('{').length - b.pattern.split('{').length);
  }

  match(method: string, path: string): Match {
    const candidates = this.#routes.flatMap((route) => {
      const params = paramsOf(route.pattern, path);
      return params === undefined ? [] : [{ route, params }];
    });
    const found = candidates.find(({ route }) => route.method === method);
    if (found !== undefined) return { is: 'route', ...found };
    if (candidates.length === 0) return { is: 'nothing' };
    const methods = candidates.flatMap(({ route }) =>
      route.method === 'GET' ? ['GET', 'HEAD'] : [route.method],
    );
    return { is: 'other method', allowed: methods.sort() };
  }
}

function paramsOf(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    if (!segment.startsWith('{')) {
      if (segment !== value) return undefined;
      continue;
    }
    if (value === '') return undefined;
    params[segment.slice(1, -1)] = decoded(value);
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
