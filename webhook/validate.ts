import { findingsOf } from '../src/checks/checks.ts';
import { decided, type Enforcement } from '../src/checks/enforcement.ts';
import { confirm, gatherKeys, gatherSiblings, tooManySources } from '../src/checks/gather.ts';
import { gatewayFindings, gatewaySources } from '../src/checks/gateway.ts';
import { changeFindings } from '../src/checks/gateway-change.ts';
import { reachFindings } from '../src/checks/reach.ts';
import type { KubeClient } from '../src/kube/client.ts';
import type { SchemaCheck } from '../src/model/checked.ts';
import type { KindTable } from '../src/model/kind-table.ts';
import type { Kind, Reference } from '../src/model/kind.ts';
import { referencesOf } from '../src/model/references.ts';
import { titled, type Resource } from '../src/model/resource.ts';
import { sourcesOf } from '../src/model/spec-secrets.ts';
import { reviewFindings } from '../src/review/findings.ts';
import type { Reviewer } from '../src/review/reviewer.ts';
import type { Clock } from '../src/runtime/clock.ts';
import type { ReachRules } from '../src/selection/reach.ts';
import type { AdmissionRequest } from './admission-review.ts';
import { auditOf } from './audit.ts';
import { allowed, refused, verdictOf, withWarnings, type Verdict } from './answer.ts';
import type { Cache } from './cache.ts';
import { exemptionOf } from './exemptions.ts';
import { foretell } from './foretell.ts';
import { existsLive, holdersFor } from './gather.ts';
import { protect } from './protect.ts';
import { mayClaim } from './reach.ts';
import { reviewed } from './reviewed.ts';

export interface Validation {
  readonly table: KindTable;
  /** The kind that stands for gateways; it has no row in the table. */
  readonly gatewayKind: { readonly kind: string; readonly plural: string; readonly schema: Kind['schema'] };
  readonly schemas: SchemaCheck;
  readonly cache: Cache;
  readonly client: KubeClient;
  readonly reviewer: Reviewer;
  readonly enforcement: Enforcement;
  readonly deliveryTools: readonly string[];
  readonly allowLoopback: boolean;
  /** What a secret that is written into a spec leads to. */
  readonly inlineSecrets: 'Deny' | 'Warn';
  readonly clock: Clock;
  readonly reach: ReachRules['reach'];
  /** The share of its resources that the controller lets a gateway lose at once, in per cent. */
  readonly maxRemovalPercent: number;
}

/** Answers one validating review: exemptions, then what must be asked for, then every check at once. */
export async function validate(request: AdmissionRequest, validation: Validation): Promise<Verdict> {
  const mismatch = mismatchOf(request, validation);
  if (mismatch !== undefined) return mismatch;
  const { object, old } = request;
  if (exemptionOf(request) !== undefined) return allowed;
  const row = validation.table.byPlural(request.plural);
  if (request.operation === 'DELETE')
    return row === undefined || old === undefined ? allowed : protect(request, row, old, validation);
  if (object === undefined) return allowed;
  const enforcement = enforcementFor(request, validation);
  if (row === undefined) return validateGateway(request, object, enforcement, validation);

  const { namespace } = object.metadata;
  const sources = sourcesOf(row, object.spec);
  const crowd = tooManySources(sources);
  if (crowd !== undefined) return refused(403, `${titled(object)} is not valid:\n  ${crowd}`);
  const checked = validation.schemas.check(row, object.spec);
  const spec = checked.spec ?? checked.shaped;
  const { client, table } = validation;
  const known = { ...validation, view: validation.cache };
  const holders = holdersFor(request.user, client);
  const exists = (reference: Reference, of: Kind) => existsLive(reference, of, namespace, client);
  const gathering = gatherKeys(sources, namespace, holders);
  const [keys, breaches, confirmed, siblings] = await Promise.all([
    gathering,
    reviewed(request, { row, object, old }, gathering, validation),
    confirm(spec === undefined ? [] : referencesOf(row, spec), namespace, {
      view: known.view,
      table,
      exists,
    }),
    spec === undefined ? [] : gatherSiblings(row, object, spec, { view: known.view, holders }),
  ]);
  // From here to the reservation nothing is awaited: two creations of one handle can't pass each other.
  const question = { row, object, old, enforcement, inlineSecrets: validation.inlineSecrets };
  const gathered = { keys, confirmed, siblings, now: validation.clock.now() };
  const findings = [...findingsOf(question, gathered, known), ...reviewFindings(breaches)];
  const verdict = { ...verdictOf(object, findings), audit: auditOf(breaches) };
  if (verdict.allowed && request.operation === 'CREATE' && !request.dryRun)
    validation.cache.reservations.hold(object);
  return request.dryRun && verdict.allowed ? withWarnings(verdict, foretell(question, validation)) : verdict;
}

async function validateGateway(
  request: AdmissionRequest,
  object: Resource,
  enforcement: 'Deny' | 'Warn',
  validation: Validation,
): Promise<Verdict> {
  const { table, gatewayKind, schemas, client, allowLoopback, cache, reach, maxRemovalPercent } = validation;
  const [keys, claimed] = await Promise.all([
    gatherKeys(gatewaySources(object.spec), object.metadata.namespace, holdersFor(request.user, client)),
    mayClaim(request, validation),
  ]);
  const change = { object, old: request.old };
  const findings = [
    ...reachFindings({ ...change, mayClaim: claimed }, reach),
    ...gatewayFindings({ row: gatewayKind, object, enforcement, allowLoopback }, keys, schemas),
  ];
  // A selector that its schema refuses means nothing.
  const isWellFormed = schemas.check(gatewayKind, object.spec).spec !== undefined;
  const all = () => cache.all();
  const more = isWellFormed
    ? changeFindings(change, { table, schemas, rules: cache.rules, maxRemovalPercent, all })
    : [];
  return verdictOf(
    object,
    [...findings, ...more].map((finding) => ({ ...finding, check: 'gateway' })),
  );
}

/** A review whose kind is not that of its resource, or of no kind of ours, was sent by mistake or by somebody else. */
function mismatchOf(request: AdmissionRequest, { table, gatewayKind }: Validation): Verdict | undefined {
  const row =
    table.byPlural(request.plural) ?? (request.plural === gatewayKind.plural ? gatewayKind : undefined);
  if (row === undefined) {
    return {
      allowed: true,
      warnings: [`Portcullis knows no resource ${request.plural}; its webhook configuration is too wide`],
    };
  }
  const kind = request.object?.kind ?? request.kind;
  if (row.kind === request.kind && row.kind === kind) return undefined;
  return refused(
    400,
    `the review is about the resource ${request.plural}, but its kind is ${kind} (expected ${row.kind})`,
  );
}

function enforcementFor(
  request: AdmissionRequest,
  { cache, enforcement, deliveryTools }: Validation,
): 'Deny' | 'Warn' {
  const { dryRun, fieldManager, user } = request;
  const asker = { dryRun, fieldManager, username: user.username };
  return decided(cache.enforcement(request.namespace) ?? enforcement, asker, deliveryTools);
}
