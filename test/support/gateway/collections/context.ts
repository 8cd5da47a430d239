import type { Clock } from '../clock.ts';
import type { Api } from '../generation.ts';
import type { Live } from '../live/live.ts';
import type { Rulebook } from '../rules/violation.ts';
import type { Store } from '../store/store.ts';
import type { Surroundings } from '../template/functions.ts';

/** What the collections share. */
export interface Context {
  readonly api: Api;
  readonly clock: Clock;
  readonly store: Store;
  readonly live: Live;
  readonly rules: Rulebook;
  readonly surroundings: Surroundings;
  /** API keys that one user may create for one API. */
  readonly keyQuota: number;
}
