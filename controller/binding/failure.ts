import { GatewayError } from '../../src/gateway/gateway-error.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { Outcome } from './outcome.ts';
import type { Standing } from '../../src/model/standing.ts';

/** The ending that an error is. The signal's own error is none, and is thrown on. */
export function endingOf(error: unknown, standing: Standing | undefined): Outcome {
  if (error instanceof GatewayError) return gatewayEnding(error, standing);
  if (isKubeError(error)) {
    const { message, retryAfterMs } = error;
    return { is: 'failing', reason: 'Unavailable', message, retryAfterMs, standing };
  }
  const message = 'could not go on because of a fault in Portcullis; its log says more';
  return { is: 'failing', reason: 'Internal', message, retryAfterMs: undefined, standing, cause: error };
}

function gatewayEnding(error: GatewayError, standing: Standing | undefined): Outcome {
  const { message, retryAfterMs } = error;
  switch (error.means) {
    case 'refused':
      return { is: 'refused', reason: 'Refused', message, standing };
    case 'taken':
      return { is: 'refused', reason: 'Taken', message, standing };
    case 'parent':
      return { is: 'waiting', reason: 'ReferenceNotReady', message, wokenBy: 'time', standing };
    case 'inUse':
      return { is: 'waiting', reason: 'InUse', message, wokenBy: 'time', standing };
    case 'absent':
      return { is: 'failing', reason: 'Vanished', message, retryAfterMs, standing };
    case 'forbidden':
      return { is: 'failing', reason: 'Forbidden', message, retryAfterMs, standing };
    case 'unavailable':
      return {
        is: 'failing',
        reason: 'Unavailable',
        message,
        retryAfterMs,
        isBusy: error.status === 429,
        standing,
      };
  }
}
