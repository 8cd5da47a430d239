import { once } from 'node:events';
import type { Server } from 'node:https';
import type { Clock } from '../src/runtime/clock.ts';

/**
 * Waits for the signal and takes the server down without losing a request: it goes on serving for `drainMs`, while
 * readiness has fallen and answers ask for their connections to be closed; then it takes no new connection, lets
 * what is under way finish, and ends.
 */
export async function drained(
  server: Server,
  signal: AbortSignal,
  drainMs: number,
  clock: Clock,
): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
  await clock.sleep(drainMs);
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  await closed;
}
