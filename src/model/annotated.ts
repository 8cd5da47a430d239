/** Whatever carries annotations: a resource, its namespace, its gateway. */
export interface Annotated {
  readonly metadata: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
  };
}

/** The word of an annotation that stands nearest; what is none of the words that we know counts as not said. */
export function nearestWord<Word extends string>(
  chain: readonly (Annotated | undefined)[],
  key: string,
  words: readonly Word[],
): Word | undefined {
  for (const object of chain) {
    const word = words.find((known) => known === object?.metadata.annotations?.[key]);
    if (word !== undefined) return word;
  }
  return undefined;
}
