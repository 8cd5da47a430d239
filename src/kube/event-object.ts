import type { BareObject, ResourceType } from './resource.ts';

export const eventType: ResourceType = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
};

/** `core/v1.ObjectReference`, as far as events use it. */
interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

/** What an event says of the object that it is about: the object itself would be kept by every event of its past states. */
export function referenceTo({ apiVersion, kind, metadata }: BareObject): ObjectReference {
  const { name, namespace, uid, resourceVersion } = metadata;
  return { apiVersion, kind, name, namespace, uid, resourceVersion };
}

/** Something that happened to an object, once or again and again. */
export interface Occurrence {
  readonly event: { readonly namespace: string; readonly name: string };
  readonly regarding: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly first: Date;
  last: Date;
  count: number;
  /** The count that the API server knows of. */
  written: number;
}

/** Limits of `events.k8s.io/v1`: 1024 bytes of note, 128 of each word. */
const maxNote = 1024;
const maxWord = 128;

/** The event as the API server stores it; a series once it has repeated. */
export function eventObject(
  occurrence: Occurrence,
  reporter: { readonly controller: string; readonly instance: string },
): BareObject {
  const { event, regarding, type, reason, message, first } = occurrence;
  const fields = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: event,
    eventTime: microTime(first),
    type,
    reason: reason.slice(0, maxWord),
    action: reason.slice(0, maxWord),
    note: withinBytes(message, maxNote),
    regarding,
    reportingController: reporter.controller,
    reportingInstance: reporter.instance.slice(0, maxWord),
    ...(occurrence.count > 1 && seriesPatch(occurrence)),
  };
  return fields;
}

/** What changes when it happens again. */
export function seriesPatch({ count, last }: Occurrence) {
  return { series: { count, lastObservedTime: microTime(last) } };
}

/** `metav1.MicroTime`: six digits, no more and no fewer. */
function microTime(moment: Date): string {
  return moment.toISOString().replace('Z', '000Z');
}

function withinBytes(text: string, max: number): string {
  if (Buffer.byteLength(text) <= max) return text;
  let kept = text.slice(0, max - 3);
  while (Buffer.byteLength(kept) > max - 3) kept = kept.slice(0, -1);
  return `${kept}…`;
}
