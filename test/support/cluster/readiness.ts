import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Access } from './kubeconfig.ts';
import { lastLines, type Process } from './guarded.ts';

/** On two busy cores an API server of its own takes 15 s; what takes longer than this is not coming. */
const deadlineMs = 90_000;
const pollMs = 50;

/** Resolves when the API server says that it is ready; rejects with the log of whatever ended instead. */
export async function untilReady(
  access: Access,
  processes: readonly Process[],
  signal?: AbortSignal,
): Promise<void> {
  await untilTrue('/readyz', async () => (await status(access, '/readyz')) === 200, processes, signal);
}

/** The controllers work once the first thing that they make is there. Without it no Pod could be created either. */
export async function untilControllersWork(
  access: Access,
  processes: readonly Process[],
  signal?: AbortSignal,
): Promise<void> {
  const path = '/api/v1/namespaces/default/serviceaccounts/default';
  await untilTrue(
    'the default service account',
    async () => (await status(access, path)) === 200,
    processes,
    signal,
  );
}

async function untilTrue(
  what: string,
  isTrue: () => Promise<boolean>,
  processes: readonly Process[],
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  let ended: string | undefined;
  for (const process of processes) {
    void process.ended.then((how) => (ended ??= `${process.name} ended with ${how}`));
  }
  while (!(await isTrue())) {
    signal?.throwIfAborted();
    const why =
      ended ?? (Date.now() > deadline ? `there was no ${what} after ${deadlineMs / 1000} s` : undefined);
    if (why !== undefined)
      throw new Error(`could not start the cluster because ${why}${await logs(processes)}`);
    await sleep(pollMs);
  }
}

async function logs(processes: readonly Process[]): Promise<string> {
  const parts = processes.map(
    async ({ name, logFile }) => `\n${name}, last lines:\n  ${await lastLines(logFile, 15)}`,
  );
  return (await Promise.all(parts)).join('');
}

/** The status code of a GET as the admin; undefined while there is no answer. */
async function status(
  { server, certificateAuthority, client }: Access,
  path: string,
): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const options = {
    ca: certificateAuthority,
    cert: client.certificate,
    key: client.key,
    agent: false,
    timeout: 5_000,
  };
  const asking = request(`${server}${path}`, options, (response) => {
    response.resume();
    resolve(response.statusCode);
  });
  asking.on('error', () => resolve(undefined));
  asking.on('timeout', () => asking.destroy());
  asking.end();
  return await promise;
}
