import { answeredWith, type StatusBody } from './kube-error.ts';
import { queryText, resourcePath, titleOf } from './resource-path.ts';
import type { BareObject, ResourceType } from './resource.ts';
import type { Transport } from './transport.ts';

export interface WatchOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly resourceVersion: string;
  /** After how many seconds the server ends the watch in good order. */
  readonly timeoutSeconds: number;
  /** Without a byte for so long the connection counts as dead. */
  readonly idleMs: number;
}

/** A bookmark says only how far we have come. */
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

/**
 * Reads one watch, from its opening to its end. An `ERROR` event is thrown as the `KubeError` that it would have been
 * as an answer (410 means `expired`).
 */
export async function* watchEvents<T extends BareObject>(
  transport: Transport,
  type: ResourceType,
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  const { namespace, idleMs, ...selection } = options;
  const action = `watch ${titleOf(type, namespace)}`;
  const path =
    resourcePath(type, namespace) + queryText({ ...selection, watch: true, allowWatchBookmarks: true });
  for await (const line of transport.lines(action, { path, idleMs, signal })) {
    const event = JSON.parse(line) as { type: string; object: unknown };
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
      case 'DELETED':
        yield { type: event.type, object: event.object as T };
        break;
      case 'BOOKMARK':
        yield {
          type: 'BOOKMARK',
          resourceVersion: (event.object as BareObject).metadata.resourceVersion ?? '',
        };
        break;
      default: {
        const status = event.object as StatusBody;
        throw answeredWith(action, status.code ?? 500, status);
      }
    }
  }
}
