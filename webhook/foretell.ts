import type { Question } from '../src/checks/input.ts';
import { foresee } from '../src/compare/foresee.ts';
import { foretold } from '../src/compare/foretold.ts';
import type { SchemaCheck } from '../src/model/checked.ts';
import { selectedBy } from '../src/selection/gateways.ts';
import type { Cache } from './cache.ts';

interface Known {
  readonly schemas: SchemaCheck;
  readonly cache: Pick<Cache, 'gateways' | 'annotationsOf'>;
}

/**
 * What a dry run is answered beside its verdict: what the gateways would see of it. No Secret is read for it: of one
 * that is named only its name can be told.
 */
export function foretell({ row, object, old }: Question, { schemas, cache }: Known): readonly string[] {
  const isSound = (spec: unknown) => schemas.check(row, spec).spec !== undefined;
  // What a gateway may still take, in an edit that is forgiven, was never sent in this shape.
  if (!isSound(object.spec)) return [];
  const gateways = cache.gateways();
  const namespace = { metadata: { annotations: cache.annotationsOf(object.metadata.namespace) } };
  const selected = selectedBy(gateways, object);
  return foretold(object, foresee({ row, object, old, namespace, selected, gateways, isSound }));
}
