import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { reviewPolicyKind } from '../../src/kinds/review-policy.ts';
import { apiVersionOf, type BareObject } from '../../src/kube/resource.ts';
import { partOfLabel, partOfUs } from '../../src/model/annotations.ts';
import { packDigest, packLabel } from '../../src/review/pack.ts';
import { reviewPolicyType, type StoredReviewPolicy } from '../review/policy-type.ts';

/** A policy of a pack as it is to stand in the cluster. */
export type PackPolicy = Pick<StoredReviewPolicy, 'apiVersion' | 'kind' | 'metadata' | 'spec'>;

/** By the names of packs, the policies of each. A pack that is switched off is there, with none. */
export type PackFiles = ReadonlyMap<string, readonly PackPolicy[]>;

export interface PacksConfigMap extends BareObject {
  readonly data?: Readonly<Record<string, string>>;
}

const end = '.yaml';

/**
 * Reads what the chart has put into the ConfigMap of the packs: a key for each pack, and there a list of policies.
 *
 * @throws Error where a pack can't be read; then nothing is known of any
 */
export function packFiles({ data = {} }: PacksConfigMap): PackFiles {
  return new Map(
    Object.entries(data)
      .filter(([key]) => key.endsWith(end))
      .map(([key, text]) => {
        const pack = key.slice(0, -end.length);
        return [pack, policiesIn(text, key).map((policy) => marked(policy, pack))];
      }),
  );
}

function policiesIn(text: string, key: string): readonly PackPolicy[] {
  const list = parse(text) as unknown;
  if (!Array.isArray(list)) throw new Error(`could not read ${key} because it is no list`);
  for (const [index, item] of list.entries())
    if (!isPolicy(item))
      throw new Error(`could not read ${key} because [${index}] is no ${reviewPolicyKind.kind} with a name`);
  return list as PackPolicy[];
}

function isPolicy(item: unknown): item is PackPolicy {
  const { kind, metadata, spec } = (item ?? {}) as Partial<PackPolicy>;
  return kind === reviewPolicyKind.kind && typeof metadata?.name === 'string' && spec !== undefined;
}

function marked({ metadata, spec }: PackPolicy, pack: string): PackPolicy {
  const labels = { ...metadata.labels, [partOfLabel]: partOfUs, [packLabel]: pack };
  // By this it shows that a pack has lost something, which nobody would miss in what is stored.
  const digest = createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16);
  return {
    apiVersion: apiVersionOf(reviewPolicyType),
    kind: reviewPolicyType.kind,
    metadata: { name: metadata.name, labels, annotations: { [packDigest]: digest } },
    spec,
  };
}
