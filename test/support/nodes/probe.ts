import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAborted } from '../../../src/runtime/lifetime.ts';
import type { ContainerSpec, Probe } from './pod.ts';

export type Verdict = 'passed' | 'failed';

export interface Probed {
  readonly address: string;
  readonly ports: ContainerSpec['ports'];
}

/**
 * Asks at every period until the signal aborts, and tells each verdict: one that thresholds have confirmed. Periods are
 * those of the Pod.
 */
export async function keepProbing(
  probe: Probe,
  probed: Probed,
  tell: (verdict: Verdict) => void,
  signal: AbortSignal,
): Promise<void> {
  const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1, failureThreshold = 3 } = probe;
  let [passed, failed] = [0, 0];
  await sleep(initialDelaySeconds * 1000, undefined, { signal }).catch(() => undefined);
  while (!signal.aborted) {
    const isGood = await attempt(probe, probed);
    if (isAborted(signal)) return;
    [passed, failed] = isGood ? [passed + 1, 0] : [0, failed + 1];
    if (passed >= successThreshold) tell('passed');
    if (failed >= failureThreshold) tell('failed');
    await sleep(periodSeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}

/** The number of a port that a Pod names. */
export function portNumber(port: number | string, ports: ContainerSpec['ports'] = []): number {
  if (typeof port === 'number') return port;
  return ports.find(({ name }) => name === port)?.containerPort ?? Number(port);
}

async function attempt({ httpGet, tcpSocket, timeoutSeconds = 1 }: Probe, probed: Probed): Promise<boolean> {
  const timeout = timeoutSeconds * 1000;
  if (tcpSocket !== undefined)
    return await connects(
      tcpSocket.host ?? probed.address,
      portNumber(tcpSocket.port, probed.ports),
      timeout,
    );
  if (httpGet === undefined) return false;
  const { path = '/', port, scheme = 'HTTP', host = probed.address, httpHeaders = [] } = httpGet;
  const send = scheme === 'HTTPS' ? requestHttps : requestHttp;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const asking = send(
    {
      host,
      port: portNumber(port, probed.ports),
      path,
      headers: Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value])),
      agent: false,
      // As a kubelet: a probe asks for life, not for identity.
      rejectUnauthorized: false,
      signal: AbortSignal.timeout(timeout),
    },
    (answer) => {
      const { statusCode = 0 } = answer.resume();
      resolve(statusCode >= 200 && statusCode < 400);
    },
  );
  asking.on('error', () => resolve(false));
  asking.end();
  return await promise;
}

async function connects(host: string, port: number, timeout: number): Promise<boolean> {
  const socket = connect({ host, port });
  const isConnected = await once(socket, 'connect', { signal: AbortSignal.timeout(timeout) }).then(
    () => true,
    () => false,
  );
  socket.on('error', () => undefined).destroy();
  return isConnected;
}
