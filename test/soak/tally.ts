import type { Crew } from './crew.ts';
import { byHand, type Site } from './gateways.ts';

/** How often something happened, in the order in which it happened first. */
export class Tally {
  readonly #counts = new Map<string, number>();

  readonly count = (what: string, times = 1): void => {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  };

  get lines(): readonly (readonly [string, number])[] {
    return [...this.#counts];
  }
}

/** Writes of the controllers at the gateways, by method and sort of answer; 0: nobody heard the answer. */
export function gatewayWrites(sites: readonly Site[]): Tally {
  const tally = new Tally();
  for (const { name, gateway } of sites)
    for (const { method, status } of controllersCalls(gateway))
      if (method !== 'GET') tally.count(`${name} ${method} ${Math.floor(status / 100)}xx`);
  return tally;
}

export function controllersCalls({ calls }: Pick<Site['gateway'], 'calls'>) {
  return calls.filter(({ port, userAgent }) => port === 'management' && userAgent !== byHand);
}

/** Writes of the controllers at the API server, by what is written. */
export function kubernetesWrites(crew: Crew): Tally {
  const tally = new Tally();
  for (const { api } of crew.everyone)
    for (const { method, path } of api.calls) if (method !== 'GET') tally.count(`${method} ${sortOf(path)}`);
  return tally;
}

function sortOf(path: string): string {
  if (path.endsWith('/status')) return 'a status';
  const plural = /\/namespaces\/[^/]+\/([^/]+)/.exec(path)?.[1] ?? path.split('/').at(-1) ?? path;
  return ['events', 'leases', 'configmaps', 'secrets', 'subjectaccessreviews'].includes(plural)
    ? plural
    : 'labels, finalizers and annotations';
}

/** What keeps nobody awake: signs of life, and news. */
export function isWork({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return method !== 'GET' && !/\/(leases|events)(\/|$)/.test(path);
}
