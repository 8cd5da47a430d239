import { annotation } from '../model/annotations.ts';
import { canonical } from '../compare/canonical.ts';
import type { SchemaCheck } from '../model/checked.ts';
import type { KindTable } from '../model/kind-table.ts';
import { titled, type Resource } from '../model/resource.ts';
import { knownGateway, takes } from '../selection/gateways.ts';
import { isLargeRemoval } from '../selection/large-removal.ts';
import { isGranted, type ReachRules } from '../selection/reach.ts';
import { collisionsOf, type Collision } from './collisions.ts';
import { warned, type Finding } from './input.ts';

/** An APIGateway as it is to be, and as it is. */
export interface GatewayChange {
  readonly object: Resource;
  readonly old: Resource | undefined;
}

export interface Everything {
  readonly table: KindTable;
  readonly schemas: SchemaCheck;
  readonly rules: ReachRules;
  /** The share that may leave a gateway at once, in per cent: more is held by the controller. */
  readonly maxRemovalPercent: number;
  /** Every resource of every kind, but what is being deleted. */
  all(): Iterable<Resource>;
}

/** Pairs that are named; what a person still reads. */
const mostNamed = 5;

/** Pairs that are counted. */
const mostCounted = 1000;

/** What the change of a gateway's selector, or of its reach, does to the resources: who collides, and how many go. */
export function changeFindings(change: GatewayChange, known: Everything): readonly Finding[] {
  if (takesTheSame(change)) return [];
  const now = knownGateway(change.object, known.rules);
  const before = change.old === undefined ? undefined : knownGateway(change.old, known.rules);
  const fresh: Resource[] = [];
  const kept: Resource[] = [];
  let leaving = 0;
  for (const resource of known.all()) {
    const was = before !== undefined && takes(before, resource);
    if (takes(now, resource)) (was ? kept : fresh).push(resource);
    else if (was) leaving += 1;
  }
  return [
    ...collisions(collisionsOf({ fresh, kept }, known)),
    ...exodus(leaving, kept.length + leaving, known.maxRemovalPercent),
  ];
}

function takesTheSame({ object, old }: GatewayChange): boolean {
  return (
    old !== undefined &&
    isGranted(old) === isGranted(object) &&
    canonical(selectorOf(old)) === canonical(selectorOf(object))
  );
}

function selectorOf({ spec }: Resource): unknown {
  return (spec as { readonly apiSelector?: unknown } | undefined)?.apiSelector;
}

function collisions(found: Iterable<Collision>): readonly Finding[] {
  const named: Finding[] = [];
  let count = 0;
  for (const { one, other, shared } of found) {
    count += 1;
    if (count > mostCounted) break;
    if (count > mostNamed) continue;
    const fault = `selects ${titled(one)} and ${titled(other)}, which have ${shared}`;
    named.push(warned({ path, fault, remedy: 'the gateway can hold only one of them' }));
  }
  if (count <= mostNamed) return named;
  const more = count > mostCounted ? `more than ${mostCounted - mostNamed}` : String(count - mostNamed);
  return [...named, warned({ path, fault: `and ${more} more such pairs` })];
}

function exodus(leaving: number, standing: number, maxPercent: number): readonly Finding[] {
  if (!isLargeRemoval(leaving, standing, maxPercent)) return [];
  const fault = `leaves out ${leaving} of the ${standing} resources that are selected now`;
  const remedy = `the controller holds their removal until the APIGateway bears ${annotation.allowRemoval}: "${leaving}"`;
  return [warned({ path, fault, remedy })];
}

const path = 'spec.apiSelector';
