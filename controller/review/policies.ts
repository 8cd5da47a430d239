import type { Informer } from '../../src/kube/informer.ts';
import type { Change } from '../../src/kube/store.ts';
import type { Violation } from '../../src/model/violation.ts';
import type { StoredPolicy } from '../../src/review/reviewer.ts';
import type { StoredReviewPolicy } from './policy-type.ts';

interface Dependencies {
  readonly informer: Informer<StoredReviewPolicy>;
  /** Why a spec doesn't compile. */
  faultsOf(spec: unknown): readonly Violation[];
  /** Told of all policies whenever one of them changes. Returns the epoch of the reviews that take this into account. */
  changed(policies: readonly StoredPolicy[]): number;
}

/** What is known of a policy in one generation. */
interface Known {
  readonly uid: string | undefined;
  readonly generation: number | undefined;
  readonly spec: unknown;
  readonly faults: readonly Violation[];
  /** Reviews before this epoch knew nothing of it. */
  readonly since: number;
}

/** The policies that there are, with what is wrong with each. A change of a status is none. */
export class Policies {
  readonly #deps: Dependencies;
  #known: ReadonlyMap<string, Known> = new Map();

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /** From now on every change is told; what is there already, at once. */
  listen(): void {
    this.#deps.informer.onChange((change) => {
      if (isNews(change)) this.#tell();
    });
    this.#tell();
  }

  all(): readonly StoredReviewPolicy[] {
    return [...this.#deps.informer.list()];
  }

  get(name: string): StoredReviewPolicy | undefined {
    return this.#deps.informer.get(undefined, name);
  }

  /** What was found out of a policy when it was told last; undefined where it has come or changed since. */
  known({ metadata }: StoredReviewPolicy): Pick<Known, 'faults' | 'since'> | undefined {
    const known = this.#known.get(metadata.name);
    return known !== undefined && isIn(known, metadata) ? known : undefined;
  }

  #tell(): void {
    const policies = this.all();
    const before = this.#known;
    const specOf = ({ metadata, spec }: StoredReviewPolicy) => {
      const known = before.get(metadata.name);
      // The same object for the same spec: whoever judges compiles it once.
      return known !== undefined && isIn(known, metadata) ? known.spec : spec;
    };
    const told = policies.map((policy) => ({ name: policy.metadata.name, spec: specOf(policy) }));
    const epoch = this.#deps.changed(told);
    this.#known = new Map(
      policies.map(({ metadata, spec }) => {
        const known = before.get(metadata.name);
        if (known !== undefined && isIn(known, metadata)) return [metadata.name, known];
        const { uid, generation } = metadata;
        return [metadata.name, { uid, generation, spec, faults: this.#deps.faultsOf(spec), since: epoch }];
      }),
    );
  }
}

function isIn({ uid, generation }: Known, metadata: StoredReviewPolicy['metadata']): boolean {
  return uid === metadata.uid && generation === metadata.generation;
}

function isNews({ type, object, before }: Change<StoredReviewPolicy>): boolean {
  return (
    type === 'removed' ||
    before?.metadata.uid !== object.metadata.uid ||
    before?.metadata.generation !== object.metadata.generation
  );
}
