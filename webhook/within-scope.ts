import type { Scope } from '../src/kube/scope.ts';
import { allowed, refused } from './answer.ts';
import { exemptionOf } from './exemptions.ts';
import type { Handlers } from './server.ts';

/**
 * The handlers, for what is in the watched namespaces. Our configurations select these, so that anything else comes by
 * a list that is another here than there. It is let through as it is: it may be somebody else's to judge, and a finalizer
 * of ours would stay on it for ever. A warning says that it was not judged.
 */
export function withinScope(scope: Pick<Scope, 'watches' | 'isReadable'>, handlers: Handlers): Handlers {
  return {
    mutate: async (request) => (scope.watches(request.namespace) ? await handlers.mutate(request) : allowed),
    validate: async (request) => {
      const { namespace, operation } = request;
      if (!scope.watches(namespace))
        return operation === 'DELETE' ? allowed : { allowed: true, warnings: [unwatched(namespace)] };
      // By what is not seen there, anything could be wrong.
      if (!scope.isReadable(namespace) && operation !== 'DELETE' && exemptionOf(request) === undefined)
        return refused(503, unreadable(namespace));
      return await handlers.validate(request);
    },
  };
}

function unwatched(namespace: string): string {
  return `Portcullis does not watch namespace ${namespace}: this was not checked, and no gateway gets it from Portcullis`;
}

function unreadable(namespace: string): string {
  return `Portcullis may not read namespace ${namespace}, or not yet: its Role there is missing, or new. Look at its RoleBinding, then try again`;
}
