import { apiServerFaults } from '../../src/checks/api-server.ts';
import { denied } from '../../src/checks/input.ts';
import { reviewPolicyKind } from '../../src/kinds/review-policy.ts';
import type { Json, ManifestDocument } from '../manifests/documents.ts';
import type { Bench } from './bench.ts';
import type { Judgement } from './judge.ts';

/** Everything that is to be said of a ReviewPolicy: it is judged as at its own admission. */
export function judgePolicy(document: ManifestDocument, object: Json, bench: Bench): Judgement {
  const { metadata } = object as { readonly metadata?: { readonly name?: unknown } };
  const refusals = apiServerFaults(object, reviewPolicyKind.schema, false).map((fault) => ({
    ...denied(fault),
    check: 'api-server' as const,
  }));
  const name = typeof metadata?.name === 'string' ? metadata.name : '';
  return {
    document,
    title: `${reviewPolicyKind.kind} ${name}`,
    said: [...refusals, ...bench.faultsOfPolicy(object.spec)],
  };
}
