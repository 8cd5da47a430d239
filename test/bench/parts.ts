import type { Part } from './part.ts';
import { admission } from './parts/admission.ts';

/** Everything that is measured, in the order in which it is. */
export const parts: readonly Part[] = [admission];
