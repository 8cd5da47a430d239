import type { Annotated } from '../model/annotated.ts';
import { annotation } from '../model/annotations.ts';

/** Somebody wants a gateway to be compared once more, though nothing has changed. */
export interface Resync {
  /** The annotation as it stands, by which it is known later that this was done. */
  readonly text: string;
  /** Whether what is equal is written all the same. */
  readonly force: boolean;
}

/** So it is written: an RFC 3339 moment and, where what is equal is to be written too, one more word. */
const form = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))( Force)?$/;

export function resyncText(at: Date, force: boolean): string {
  return `${at.toISOString()}${force ? ' Force' : ''}`;
}

/** The moment that an annotation names; undefined where it is none. */
export function resyncMoment(text: string | undefined): number | undefined {
  const [, at] = form.exec(text ?? '') ?? [];
  const moment = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isNaN(moment) ? undefined : moment;
}

/**
 * What is asked for by the latest annotation on a resource, its namespace or its gateway, and was not done yet. Here it
 * is not the nearest that counts: whoever asks for a whole namespace means everything in it.
 */
export function resyncOf(
  chain: readonly (Annotated | undefined)[],
  done: string | undefined,
): Resync | undefined {
  let latest = resyncMoment(done) ?? -Infinity;
  let found: Resync | undefined;
  for (const object of chain) {
    const text = object?.metadata.annotations?.[annotation.resyncAt];
    const moment = resyncMoment(text);
    if (text === undefined || moment === undefined || moment <= latest) continue;
    latest = moment;
    found = { text, force: text.endsWith(' Force') };
  }
  return found;
}
