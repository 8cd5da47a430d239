import type { Part } from './part.ts';
import { admission } from './parts/admission.ts';
import { convergence } from './parts/convergence.ts';
import { create } from './parts/create.ts';
import { fanout } from './parts/fanout.ts';
import { scale } from './parts/scale.ts';
import { writes } from './parts/writes.ts';

/** Everything that is measured, in the order in which it is. */
export const parts: readonly Part[] = [admission, create, writes, convergence, fanout, scale];
