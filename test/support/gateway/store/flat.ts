import type { Instant } from '../clock.ts';

export interface ApiKeyEntry {
  /** The resource that the key belongs to. */
  readonly parent: string;
  readonly name: string;
  readonly value: string;
  readonly source: 'local' | 'external';
  readonly createdAt: Instant;
  readonly createdBy: string;
  /** As it was sent, with its own offset. */
  readonly expiresAt: string | undefined;
  readonly externalRefId: string | undefined;
}

export interface CertificateEntry {
  readonly id: string;
  readonly name: string;
  readonly pem: string;
  /** Subject, issuer and end of the first certificate of a chain. */
  readonly subject: string;
  readonly issuer: string;
  readonly notAfter: Date;
  readonly count: number;
}

export interface PlanEntry {
  readonly id: string;
  readonly planName: string;
  readonly billingPlan?: string;
  readonly stopOnQuotaReach: boolean;
  readonly throttleLimitCount?: number;
  readonly throttleLimitUnit?: string;
  readonly expiryTime?: string;
  readonly status: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export interface SubscriptionEntry {
  readonly id: string;
  /** The uuid of the RestApi. */
  readonly apiId: string;
  readonly token: string;
  readonly applicationId?: string;
  readonly subscriptionPlanId?: string;
  readonly billingCustomerId?: string;
  readonly billingSubscriptionId?: string;
  readonly status: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}
