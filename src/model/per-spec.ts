/**
 * What follows from a spec and a kind, worked out once and remembered for as long as the spec is there: a spec is never
 * changed, and one check, index or comparison after the other asks again.
 */
export class PerSpec<Result> {
  readonly #known = new WeakMap<object, { readonly kind: string; readonly result: Result }>();

  of(spec: unknown, kind: string, work: () => Result): Result {
    if (typeof spec !== 'object' || spec === null) return work();
    const known = this.#known.get(spec);
    if (known?.kind === kind) return known.result;
    const result = work();
    this.#known.set(spec, { kind, result });
    return result;
  }
}
