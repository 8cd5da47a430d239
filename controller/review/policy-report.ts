import { isDeepStrictEqual } from 'node:util';
import type { BareObject, ResourceType } from '../../src/kube/resource.ts';
import { partOfLabel, partOfUs } from '../../src/model/annotations.ts';
import type { Breach } from '../../src/review/breach.ts';
import type { Finding } from './finding.ts';
import { graverFirst } from './gravity.ts';

/** The reports of the Kubernetes policy working group, as Kyverno, Policy Reporter and others know them. */
export const policyReportType: ResourceType = {
  group: 'wgpolicyk8s.io',
  version: 'v1alpha2',
  plural: 'policyreports',
  kind: 'PolicyReport',
  namespaced: true,
};

/** The one report of ours in a namespace. Our rights end at this name. */
export const reportName = 'portcullis';

/** So many breaches are told one by one; an object of Kubernetes holds 1.5 MB. */
const mostBreaches = 1000;

interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

interface Result {
  readonly source: string;
  readonly policy: string;
  readonly rule?: string;
  readonly resources: readonly Named[];
  readonly result: 'pass' | 'fail' | 'warn' | 'error' | 'skip';
  readonly severity?: 'high' | 'medium' | 'low';
  readonly message?: string;
  readonly scored: boolean;
  readonly properties?: Readonly<Record<string, string>>;
}

export interface PolicyReport extends BareObject {
  readonly summary?: Readonly<Record<Result['result'], number>>;
  readonly results?: readonly Result[];
}

const results = { Deny: 'fail', Warn: 'warn', Audit: 'warn' } as const;
const severities = { Deny: 'high', Warn: 'medium', Audit: 'low' } as const;

/**
 * The report of a namespace: each breach by itself, and for each policy one line about all that keep to it. None where no
 * policy is about anything there.
 */
export function reportOf(namespace: string, findings: readonly Finding[]): PolicyReport | undefined {
  const about = findings.filter((finding) => finding.about.length > 0);
  if (about.length === 0) return undefined;
  const ordered = about.toSorted((one, other) => placeOf(one).localeCompare(placeOf(other), 'en'));
  const breaches = ordered.flatMap((finding) =>
    finding.breaches.map((breach) => ({ finding, breach, action: breach.action })),
  );
  const kept = new Map<string, Named[]>();
  for (const finding of ordered)
    for (const policy of finding.about)
      if (!finding.breaches.some((breach) => breach.policy === policy))
        kept.set(policy, [...(kept.get(policy) ?? []), named(finding)]);
  const broken = breaches.map(({ finding, breach }) => brokenResult(finding, breach));
  const summary = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
  for (const { result } of broken) summary[result] += 1;
  for (const resources of kept.values()) summary.pass += resources.length;
  const gravest = breaches.toSorted(graverFirst).slice(0, mostBreaches);
  return {
    apiVersion: `${policyReportType.group}/${policyReportType.version}`,
    kind: policyReportType.kind,
    metadata: { namespace, name: reportName, labels: { [partOfLabel]: partOfUs } },
    summary,
    results: [
      ...gravest.map(({ finding, breach }) => brokenResult(finding, breach)),
      ...[...kept].map(([policy, resources]) => keptResult(policy, resources)),
    ],
  };
}

/** Whether a report stands there as it is wanted. */
export function isSameReport(stored: PolicyReport, wanted: PolicyReport): boolean {
  return isDeepStrictEqual([stored.summary, stored.results], [wanted.summary, wanted.results]);
}

function brokenResult(finding: Finding, breach: Breach): Result {
  const { policy, rule, path, message, action, excused, failed } = breach;
  const result = excused !== undefined ? 'skip' : failed !== undefined ? 'error' : results[action];
  return {
    source: partOfUs,
    policy,
    rule,
    resources: [named(finding)],
    result,
    severity: severities[action],
    message,
    scored: result === 'fail',
    properties: {
      action,
      path,
      ...(excused === undefined ? {} : { exception: excused.reason, expires: excused.expires }),
    },
  };
}

function keptResult(policy: string, resources: readonly Named[]): Result {
  return { source: partOfUs, policy, resources, result: 'pass', scored: true };
}

function named({ resource: { apiVersion, kind, metadata } }: Finding): Named {
  const { namespace, name, uid } = metadata;
  return { apiVersion, kind, namespace, name, uid };
}

function placeOf({ resource: { kind, metadata } }: Finding): string {
  return `${kind} ${metadata.name}`;
}
