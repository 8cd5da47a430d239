import type { OddAnswer } from '../model/kind.ts';

/** A template names a secret that the gateway does not hold: it comes, or comes back, as any other reference does. */
export const unresolvedSecret: OddAnswer = {
  on: 'write',
  status: 400,
  message: /failed to resolve secret/,
  means: 'parent',
};
