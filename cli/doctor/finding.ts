import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Inventory } from '../cluster/inventory.ts';

/** `unknown`: it could not be looked at, for want of rights; nothing is said of it then. */
export type Severity = 'error' | 'warning' | 'unknown' | 'good';

/** One thing that was looked at, and the way out where it is not as it should be. */
export interface Finding {
  readonly severity: Severity;
  readonly what: string;
  readonly cure?: string;
}

/** What the checks look at. */
export interface Patient {
  readonly client: KubeClient;
  /** In which the person works. */
  readonly namespace: string;
  readonly inventory: Inventory;
  readonly clock: Clock;
  /** Of this command. */
  readonly version: string;
}

export interface Check {
  readonly name: string;
  readonly run: (patient: Patient) => Promise<readonly Finding[]>;
}

export const good = (what: string): Finding => ({ severity: 'good', what });
export const wrong = (what: string, cure: string): Finding => ({ severity: 'error', what, cure });
export const doubtful = (what: string, cure: string): Finding => ({ severity: 'warning', what, cure });

/** Does it, or says that it could not be done: one check that fails keeps no other from being made. */
export async function attempted(check: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await check.run(patient);
  } catch (error) {
    if (!isKubeError(error, 'forbidden', 'notFound')) throw error;
    const cure = 'ask somebody who may, or have it allowed';
    return [{ severity: 'unknown', what: error.message, cure }];
  }
}
