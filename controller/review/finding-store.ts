import { resourceKey, type Stored } from '../cluster/stored.ts';
import { isOf, saysTheSame, type Finding } from './finding.ts';

/** What the last review of each resource found. Lost at a restart without harm: the conditions stay until it is made anew. */
export class Findings {
  readonly #byKey = new Map<string, Finding>();
  #changes = 0;

  /** Counts up whenever something is found that was not known. */
  get changes(): number {
    return this.#changes;
  }

  /** What is known of a resource as it is; undefined where it has changed since it was reviewed. */
  of(resource: Stored): Finding | undefined {
    const finding = this.last(resource);
    return finding !== undefined && isOf(finding, resource) ? finding : undefined;
  }

  /** What was found last of a resource, though it may have changed; undefined where it is another one of the same name. */
  last(resource: Stored): Finding | undefined {
    const finding = this.#byKey.get(resourceKey(resource));
    return finding?.resource.metadata.uid === resource.metadata.uid ? finding : undefined;
  }

  put(finding: Finding): void {
    const key = resourceKey(finding.resource);
    const before = this.#byKey.get(key);
    if (before?.epoch !== finding.epoch || !saysTheSame(before, finding)) this.#changes += 1;
    this.#byKey.set(key, finding);
  }

  forget(key: string): void {
    if (this.#byKey.delete(key)) this.#changes += 1;
  }

  forgetAll(): void {
    if (this.#byKey.size > 0) this.#changes += 1;
    this.#byKey.clear();
  }

  all(): Iterable<Finding> {
    return this.#byKey.values();
  }
}
