import { allowed } from './answer.ts';
import type { Handlers } from './server.ts';

/** Handlers that have one group of resources judged by `those`, and everything else by `others`. */
export function ofGroup(
  group: string,
  { those, others }: { readonly those: Pick<Handlers, 'validate'>; readonly others: Handlers },
): Handlers {
  return {
    validate: (request) => (request.group === group ? those : others).validate(request),
    // Nothing of that group is ever changed.
    mutate: async (request) => (request.group === group ? allowed : await others.mutate(request)),
  };
}
