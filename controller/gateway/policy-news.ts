import type { Condition } from '../../src/model/status.ts';

export interface LoadedPolicy {
  readonly name: string;
  readonly version: string;
}

/** What was learned of the policies that a gateway has loaded. */
export type PolicyNews =
  | {
      readonly is: 'known';
      /** Who told: the gateway, or whoever wrote its APIGateway. */
      readonly by: 'gateway' | 'APIGateway';
      readonly policies: readonly LoadedPolicy[];
      readonly hash: string;
    }
  /** What was known before goes on counting. */
  | {
      readonly is: 'unknown';
      readonly reason: 'DumpIsOff' | 'NotRead' | 'NotKept' | 'NotGiven' | 'TooLarge';
      readonly message: string;
    }
  /** There is no address to ask at, and nothing is known. */
  | { readonly is: 'nowhere' };

export interface PolicyStatus {
  readonly policies?: readonly LoadedPolicy[];
  readonly policyHash?: string;
}

/** The fields of the status that list what is loaded. */
export function policyStatusOf(before: PolicyStatus | undefined, news: PolicyNews | undefined): PolicyStatus {
  if (news?.is === 'nowhere') return {};
  if (news?.is === 'known') return { policies: news.policies, policyHash: news.hash };
  const { policies, policyHash } = before ?? {};
  return {
    ...(policies === undefined ? {} : { policies }),
    ...(policyHash === undefined ? {} : { policyHash }),
  };
}

/** The condition that says whether they are known; none before anything was learned. */
export function policiesKnown(
  news: PolicyNews | undefined,
): readonly Pick<Condition, 'type' | 'status' | 'reason' | 'message'>[] {
  const type = 'PoliciesKnown';
  switch (news?.is) {
    case undefined:
      return [];
    case 'known': {
      const many = news.policies.length;
      return news.by === 'gateway'
        ? [{ type, status: 'True', reason: 'Read', message: `it has loaded ${many} policies` }]
        : [
            {
              type,
              status: 'True',
              reason: 'Given',
              message: `its APIGateway says that it has loaded ${many} policies`,
            },
          ];
    }
    case 'nowhere':
      return [
        { type, status: 'Unknown', reason: 'NoAdminUrl', message: 'there is no spec.management.adminUrl' },
      ];
    case 'unknown':
      return [{ type, status: 'False', reason: news.reason, message: news.message }];
  }
}
