import { expect } from 'chai';
import { reviewGroup, type ReviewPolicySpec } from '../../../src/kinds/review-policy.ts';
import type { ReviewPolicyStatus } from '../../../src/review/policy-status.ts';
import { kubectl } from '../../support/cluster/shared.ts';
import { eventually } from './scene.ts';

const type = `reviewpolicies.${reviewGroup}`;

export interface StoredReviewPolicy {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly generation: number;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: ReviewPolicySpec;
  readonly status?: ReviewPolicyStatus;
}

/** Review policies as people handle them. They are of no namespace, so each test takes its own away. */
export const reviewPolicies = {
  manifest: (name: string, spec: object): object => ({
    apiVersion: `${reviewGroup}/v1`,
    kind: 'ReviewPolicy',
    metadata: { name },
    spec,
  }),
  async apply(name: string, spec: object): Promise<void> {
    const manifest = reviewPolicies.manifest(name, spec);
    await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], JSON.stringify(manifest));
  },
  async get(name: string): Promise<StoredReviewPolicy | undefined> {
    const text = await kubectl(['get', type, name, '-o', 'json', '--ignore-not-found']);
    return text === '' ? undefined : (JSON.parse(text) as StoredReviewPolicy);
  },
  async remove(...names: string[]): Promise<void> {
    await kubectl(['delete', type, ...names, '--ignore-not-found']);
  },
  /** Waits until a policy's status is about its spec and says what is asked for. */
  async until(name: string, said: (status: ReviewPolicyStatus) => void): Promise<StoredReviewPolicy> {
    return await eventually(async () => {
      const policy = await reviewPolicies.get(name);
      const seen = JSON.stringify(policy?.status ?? null);
      expect(policy?.status?.observedGeneration, seen).to.equal(policy?.metadata.generation ?? -1);
      said(policy?.status ?? {});
      return policy!;
    });
  },
};

export function conditionIn(status: ReviewPolicyStatus | undefined, wanted: string) {
  return status?.conditions?.find((condition) => condition.type === wanted);
}
