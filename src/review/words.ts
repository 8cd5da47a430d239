/** The longest that is said of one breach, in UTF-16 units. */
const longest = 512;

/**
 * One line for people: no control characters, none that turn the direction of writing around, and no half of a pair.
 */
export function oneLine(text: string): string {
  const clean = text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .toWellFormed();
  return clean.length > longest ? `${clean.slice(0, longest - 1).toWellFormed()}…` : clean;
}
