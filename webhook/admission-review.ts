import { reviewGroup } from '../src/kinds/review-policy.ts';
import { group } from '../src/model/generation.ts';
import type { Resource } from '../src/model/resource.ts';
import { isTooDeep, maxDepth } from '../src/model/depth.ts';

/** The part of an AdmissionReview's request that admission looks at (admission.k8s.io/v1). */
export interface AdmissionRequest {
  readonly uid: string;
  readonly kind: string;
  readonly group: string;
  readonly plural: string;
  readonly subresource: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly user: User;
  readonly object: Resource | undefined;
  readonly old: Resource | undefined;
}

export interface User {
  readonly username: string;
  readonly uid: string | undefined;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Why a body is no review that can be answered. `uid` is there when it could be read all the same. */
export class UnreadableReview extends Error {
  override readonly name = 'UnreadableReview';
  readonly uid: string | undefined;

  constructor(message: string, uid?: string) {
    super(message);
    this.uid = uid;
  }
}

/** Whether the review is about something of ours at all; a wrongly scoped configuration may send anything. */
export function isOurs(body: unknown): boolean {
  const request = record(record(body)?.request);
  const ours: readonly unknown[] = [group, reviewGroup];
  return ours.includes(record(request?.resource)?.group);
}

/** Reads a review, or says what it lacks. Every field is the sender's: nothing is taken on trust. */
export function readReview(body: unknown): AdmissionRequest {
  const review = record(body);
  const request = record(review?.request);
  if (review?.kind !== 'AdmissionReview' || request === undefined) {
    throw new UnreadableReview('the body is not an AdmissionReview with a request');
  }
  const uid = text(request.uid);
  if (uid === '') throw new UnreadableReview('the request has no uid');
  if (review.apiVersion !== 'admission.k8s.io/v1') {
    throw new UnreadableReview(
      `the review is of ${text(review.apiVersion) || 'no version'}, expected admission.k8s.io/v1`,
      uid,
    );
  }
  const operation = text(request.operation);
  if (!isOperation(operation))
    throw new UnreadableReview(`the operation ${JSON.stringify(operation)} is not known`, uid);
  const object = resource(request.object, request);
  const old = resource(request.oldObject, request);
  if (object === undefined && (operation === 'CREATE' || operation === 'UPDATE')) {
    throw new UnreadableReview(`the request is ${operation} and has no object`, uid);
  }
  // What is stored already, or on its way out, has to be let go all the same.
  if (isTooDeep(object) && object?.metadata.deletionTimestamp === undefined && !isTooDeep(old)) {
    throw new UnreadableReview(`the object has more than ${maxDepth} levels of objects and lists`, uid);
  }
  return {
    uid,
    kind: text(record(request.kind)?.kind),
    group: text(record(request.resource)?.group),
    plural: text(record(request.resource)?.resource),
    subresource: text(request.subResource),
    operation,
    namespace: text(request.namespace),
    name: text(request.name),
    dryRun: request.dryRun === true,
    fieldManager: text(record(request.options)?.fieldManager),
    user: userOf(record(request.userInfo)),
    object,
    old,
  };
}

const operations = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;

function isOperation(value: string): value is AdmissionRequest['operation'] {
  return operations.some((known) => known === value);
}

function userOf(info: Record<string, unknown> | undefined): User {
  const extra = Object.entries(record(info?.extra) ?? {}).map(([key, value]) => [key, texts(value)] as const);
  const uid = text(info?.uid);
  return {
    username: text(info?.username),
    uid: uid === '' ? undefined : uid,
    groups: texts(info?.groups),
    extra: Object.fromEntries(extra),
  };
}

/** An object with the metadata that everything else relies on; the request's own name and namespace fill gaps. */
function resource(value: unknown, request: Record<string, unknown>): Resource | undefined {
  const object = record(value);
  if (object === undefined) return undefined;
  const metadata = record(object.metadata) ?? {};
  const name = text(metadata.name) || text(request.name) || text(metadata.generateName);
  const namespace = text(metadata.namespace) || text(request.namespace);
  return { ...object, kind: text(object.kind), metadata: { ...metadata, name, namespace } };
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
