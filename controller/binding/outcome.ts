import type { Standing } from '../../src/model/standing.ts';
import type { BindingState, BindingStatus } from '../../src/model/status.ts';

export type WaitingReason =
  | 'ReferenceNotFound'
  | 'ReferenceNotReady'
  | 'ValueNotFound'
  | 'InUse'
  | 'RemovalHeld'
  | 'Paused'
  | 'Observing';
export type RefusedReason =
  | 'Invalid'
  | 'UnsupportedByGateway'
  | 'HandleConflict'
  | 'ArtifactIdConflict'
  | 'Taken'
  | 'QuotaExceeded'
  | 'Ambiguous'
  | 'RecreateRequired'
  | 'Refused'
  | 'Expired';
export type FailingReason = 'Unreachable' | 'Unavailable' | 'Forbidden' | 'Vanished' | 'Internal';

/** What a write at the gateway did, for the event. */
export type Deed = 'created' | 'replaced' | 'recreated' | 'adopted' | 'none';

/** How one attempt at one binding ended. Status, requeue, log, event and metric each follow from it. */
export type Outcome =
  | {
      readonly is: 'programmed';
      readonly standing: Standing;
      readonly did: Deed;
      readonly differences: readonly string[];
    }
  /** Something else must come first; `wokenBy` says whether an event will tell, or only time. */
  | {
      readonly is: 'waiting';
      readonly reason: WaitingReason;
      readonly message: string;
      readonly wokenBy: 'event' | 'time';
      readonly standing: Standing | undefined;
    }
  /** Somebody must act. */
  | {
      readonly is: 'refused';
      readonly reason: RefusedReason;
      readonly message: string;
      /** The fingerprint of what the gateway refused; something else may be worth another try. */
      readonly tried?: string;
      readonly standing: Standing | undefined;
    }
  /** Try again. */
  | {
      readonly is: 'failing';
      readonly reason: FailingReason;
      readonly message: string;
      readonly retryAfterMs: number | undefined;
      /** Whether the gateway wants fewer calls of us, whatever they are about. */
      readonly isBusy?: boolean;
      readonly standing: Standing | undefined;
      readonly cause?: unknown;
    }
  /** Nothing of it is left here, or it was left behind on purpose. */
  | { readonly is: 'gone'; readonly orphaned: boolean };

/** The entry of `status.gateways` for an outcome; undefined once nothing is left. */
export function entryOf(
  outcome: Outcome,
  gateway: { readonly namespace: string; readonly name: string },
  removing: boolean,
): BindingStatus | undefined {
  const { namespace, name } = gateway;
  switch (outcome.is) {
    case 'programmed':
      return { namespace, name, state: 'Programmed', ...outcome.standing };
    case 'waiting':
    case 'refused':
    case 'failing': {
      const state: BindingState = removing ? 'Removing' : states[outcome.is];
      return {
        namespace,
        name,
        state,
        reason: outcome.reason,
        message: outcome.message,
        ...outcome.standing,
      };
    }
    case 'gone':
      return undefined;
  }
}

const states = { waiting: 'Waiting', refused: 'Refused', failing: 'Failing' } as const;
