import { debuglog } from 'node:util';
import { isKubeError } from '../src/kube/kube-error.ts';
import { errorText } from '../src/runtime/describe-error.ts';
import { SignalReceived } from '../src/runtime/lifetime.ts';
import { Exit, exitCode } from './exit-code.ts';

/** What an error means to whoever called the command: the exit code, and a line of text ('' where nothing is left to say). */
export interface Ending {
  readonly code: number;
  readonly message: string;
}

const debug = debuglog('portcullis');

export function endingOf(error: unknown, signal: AbortSignal): Ending {
  const reason: unknown = signal.aborted ? signal.reason : undefined;
  if (reason instanceof SignalReceived) return { code: reason.signal === 'SIGINT' ? 130 : 143, message: '' };
  if (error instanceof Exit) return { code: error.code, message: oneLine(error.message) };
  const message = oneLine(errorText(error));
  if (isKubeError(error, 'unavailable'))
    return { code: exitCode.unreachable, message: error.status === 0 ? `${message}; ${elsewhere}` : message };
  if (isKubeError(error, 'unauthorized'))
    return { code: exitCode.failed, message: `${message}; sign in again, or ${elsewhere}` };
  if (!isKubeError(error)) debug('%O', error);
  return { code: exitCode.failed, message };
}

const elsewhere = '--context or --kubeconfig names another cluster';

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
