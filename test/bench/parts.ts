import type { Part } from './part.ts';
import { admission } from './parts/admission.ts';
import { convergence } from './parts/convergence.ts';
import { create } from './parts/create.ts';

/** Everything that is measured, in the order in which it is. */
export const parts: readonly Part[] = [admission, create, convergence];
