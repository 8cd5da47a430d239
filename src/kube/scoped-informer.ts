import {
  createInformer,
  type Informer,
  type InformerDependencies,
  type InformerOptions,
} from './informer.ts';
import type { BareObject } from './resource.ts';
import type { Scope } from './scope.ts';

/**
 * A local copy of all objects of a type in the watched namespaces, read by the paths of these namespaces only. It counts
 * as synced when every namespace has been listed or refused; of one that is refused the others notice nothing.
 */
export function createScopedInformer<T extends BareObject>(
  scope: Scope,
  options: Omit<InformerOptions<T>, 'namespace' | 'refused'>,
  dependencies: InformerDependencies,
): Informer<T> {
  if (scope.namespaces === undefined) return createInformer(options, dependencies);
  const { type } = options;
  const byNamespace = new Map(
    scope.namespaces.map((namespace) => [
      namespace,
      createInformer<T>({ ...options, namespace, refused }, dependencies),
    ]),
  );
  function refused(namespace: string, isRefused: boolean, error: unknown): void {
    scope.note(namespace, type.plural, isRefused, error);
  }
  const parts = [...byNamespace.values()];
  return {
    type,
    namespace: undefined,
    parts,
    run: async (signal) => {
      await Promise.all(parts.map((part) => part.run(signal)));
    },
    synced: Promise.all(parts.map(({ synced }) => synced)).then(() => undefined),
    get hasSynced() {
      return parts.every(({ hasSynced, isRefused }) => hasSynced || isRefused);
    },
    get isRefused() {
      return parts.every(({ isRefused }) => isRefused);
    },
    shows: (namespace) => byNamespace.get(namespace)?.hasSynced ?? false,
    get: (namespace, name) => byNamespace.get(namespace ?? '')?.get(namespace, name),
    *list() {
      for (const part of parts) yield* part.list();
    },
    by: (index, value) => parts.flatMap((part) => part.by(index, value)),
    onChange: (handler) => {
      for (const part of parts) part.onChange(handler);
    },
  };
}
