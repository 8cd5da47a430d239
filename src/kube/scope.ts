import type { Logger } from '../runtime/logger.ts';

interface ScopeDependencies {
  readonly logger: Logger;
  /** Told of each watched namespace whether something in it may not be read: at the start that all may. */
  readonly told?: (namespace: string, isUnreadable: boolean) => void;
}

/**
 * Which namespaces an installation watches, and in which of them it may not read everything: they are not there yet, or
 * their Roles are missing. What lies outside of it, or is not seen, is never taken for gone.
 */
export class Scope {
  /** Undefined: all of them. */
  readonly namespaces: readonly string[] | undefined;
  readonly #deps: ScopeDependencies;
  /** By namespace, the plurals of what may not be read there. */
  readonly #refused = new Map<string, Set<string>>();
  readonly #handlers: (() => void)[] = [];

  /** @param namespaces none stands for all */
  constructor(namespaces: readonly string[], dependencies: ScopeDependencies) {
    this.namespaces = namespaces.length === 0 ? undefined : namespaces;
    this.#deps = dependencies;
    for (const namespace of namespaces) dependencies.told?.(namespace, false);
  }

  watches(namespace: string): boolean {
    return this.namespaces?.includes(namespace) ?? true;
  }

  /** Whether nothing in a namespace has been refused. */
  isReadable(namespace: string): boolean {
    return (this.#refused.get(namespace)?.size ?? 0) === 0;
  }

  /** Tells when a namespace that could not be read has been read in full. */
  onReadable(handler: () => void): void {
    this.#handlers.push(handler);
  }

  /** Notes that a type may not be read in a namespace, or that it may again. Said once for all types of a namespace. */
  note(namespace: string, plural: string, isRefused: boolean, error?: unknown): void {
    const { logger, told } = this.#deps;
    const before = this.#refused.get(namespace) ?? new Set<string>();
    const after = new Set(before);
    if (isRefused) after.add(plural);
    else after.delete(plural);
    this.#refused.set(namespace, after);
    if (before.size > 0 === after.size > 0) return;
    told?.(namespace, after.size > 0);
    if (after.size === 0) {
      logger.info({ namespace }, 'A watched namespace can be read by now');
      this.#handlers.forEach((handler) => handler());
    } else
      logger.warn(
        { namespace, error },
        'A watched namespace can not be read, so nothing is done there: it does not exist, or our Role is missing',
      );
  }
}
