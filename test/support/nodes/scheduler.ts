import type { KubeApi } from './kube-api.ts';
import type { Pod } from './pod.ts';

/** Binds Pods to nodes, each to the one that has the fewest of its kind, which spreads them as far as nodes can. */
export class Scheduler {
  readonly #nodes: readonly string[];
  readonly #api: KubeApi;
  /** Where Pods were sent, by uid: what the watch shows comes later. */
  readonly #sent = new Map<string, string>();

  constructor(nodes: readonly string[], api: KubeApi) {
    this.#nodes = nodes;
    this.#api = api;
  }

  /** Does nothing for a Pod that it has bound already. */
  async place(pod: Pod, pods: Iterable<Pod>): Promise<void> {
    const { uid = '' } = pod.metadata;
    if (this.#sent.has(uid)) return;
    const node = this.#leastLoaded(pod, pods);
    this.#sent.set(uid, node);
    await this.#api.bind(pod, node);
  }

  #leastLoaded(pod: Pod, pods: Iterable<Pod>): string {
    const counts = new Map(this.#nodes.map((name) => [name, 0]));
    for (const other of pods) {
      const node = this.#sent.get(other.metadata.uid ?? '') ?? '';
      const isOfItsKind = ownerOf(other) === ownerOf(pod) && other.metadata.deletionTimestamp === undefined;
      if (isOfItsKind && counts.has(node)) counts.set(node, (counts.get(node) ?? 0) + 1);
    }
    const [first] = [...counts].sort(([, one], [, two]) => one - two);
    if (first === undefined) throw new Error('there is no node');
    return first[0];
  }
}

function ownerOf({ metadata }: Pod): string {
  return metadata.ownerReferences?.[0]?.uid ?? metadata.uid ?? '';
}
