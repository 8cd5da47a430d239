/**
 * What follows from a value (a spec, a list, a key) and a kind, worked out once and remembered for as long as the value is
 * there: it is never changed, and one check, index or comparison after the other asks again.
 */
export class PerValue<Result> {
  readonly #known = new WeakMap<object, { readonly kind: string; readonly result: Result }>();

  of(value: unknown, kind: string, work: () => Result): Result {
    if (typeof value !== 'object' || value === null) return work();
    const known = this.#known.get(value);
    if (known?.kind === kind) return known.result;
    const result = work();
    this.#known.set(value, { kind, result });
    return result;
  }
}
