/** The one of the names that is so near to a word that it was probably meant; case does not count. */
export function nearestOf(word: string, names: Iterable<string>): string | undefined {
  const most = Math.min(3, Math.max(1, Math.floor(word.length / 2.5)));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    // A name this much longer or shorter can't be near.
    if (Math.abs(name.length - word.length) > most) continue;
    const distance = edits(word.toLowerCase(), name.toLowerCase());
    if (distance <= most && distance < (best?.distance ?? Infinity)) best = { name, distance };
  }
  return best?.name;
}

/** How many letters must be added, dropped or changed to make one word the other. */
function edits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of one.split('').entries()) {
    const next = [index + 1];
    for (const [column, theirs] of other.split('').entries()) {
      const changed = (row[column] ?? 0) + (letter === theirs ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** The question to ask where a name is not known, if there is one. */
export function didYouMean(word: unknown, names: Iterable<string>): string | undefined {
  const near = typeof word === 'string' ? nearestOf(word, names) : undefined;
  return near === undefined ? undefined : `did you mean ${near}?`;
}
