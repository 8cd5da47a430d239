import type { Resource } from '../src/model/resource.ts';

/** What happens to a resource, as people see it in `kubectl describe`. */
export interface Events {
  record(
    about: Resource,
    event: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string },
  ): void;
}
