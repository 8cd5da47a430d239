/** Who asks. */
interface Asker {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface ResourceAccess {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Absent: the whole cluster. */
  readonly namespace?: string;
  readonly name?: string;
}

/** Who wants to do what: the spec of a SubjectAccessReview. */
export type AccessSpec = Asker &
  (
    | { readonly resourceAttributes: ResourceAccess }
    | { readonly nonResourceAttributes: { readonly path: string; readonly verb: string } }
  );

export interface AccessAnswer {
  readonly allowed: boolean;
  readonly reason: string;
}

/** Whose token it is, or that it is nobody's. */
export type TokenAnswer =
  | ({ readonly authenticated: true; readonly groups: readonly string[] } & Asker)
  | { readonly authenticated: false; readonly reason: string };

/** Makes a POST and gives the answer's JSON; `action` completes "could not …". */
type Ask = (action: string, path: string, body: unknown) => Promise<unknown>;

export async function subjectAccessReview(ask: Ask, spec: AccessSpec): Promise<AccessAnswer> {
  const answer = (await ask('review access', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec,
  })) as { status?: { allowed?: boolean; reason?: string; evaluationError?: string } };
  const { allowed = false, reason, evaluationError } = answer.status ?? {};
  return { allowed, reason: reason ?? evaluationError ?? '' };
}

export async function tokenReview(
  ask: Ask,
  token: string,
  audiences: readonly string[] = [],
): Promise<TokenAnswer> {
  const answer = (await ask('review a token', '/apis/authentication.k8s.io/v1/tokenreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token, ...(audiences.length > 0 && { audiences }) },
  })) as {
    status?: {
      authenticated?: boolean;
      error?: string;
      user?: { username?: string; groups?: string[]; uid?: string; extra?: Record<string, string[]> };
    };
  };
  const { authenticated = false, error = '', user } = answer.status ?? {};
  if (!authenticated) return { authenticated, reason: error };
  const { username = '', groups = [], uid, extra } = user ?? {};
  return { authenticated, user: username, groups, ...(uid && { uid }), ...(extra && { extra }) };
}
