import type { GatewaySpec } from '../kinds/api-gateway.ts';
import type { CheckedSpec, Judged, SchemaCheck } from '../model/checked.ts';
import { isLinkLocal, isLoopback, plainHost } from '../model/host.ts';
import type { Resource } from '../model/resource.ts';
import type { Sourced } from '../model/spec-secrets.ts';
import type { Violation } from '../model/violation.ts';
import { denied, warned, type Finding, type FoundKey } from './input.ts';
import { presence, secretAccess } from './secrets.ts';

export interface GatewayQuestion {
  readonly row: Judged;
  readonly object: Resource;
  readonly enforcement: 'Deny' | 'Warn';
  /** Whether a management URL may lie on this machine; for demos and tests. */
  readonly allowLoopback: boolean;
}

/** The keys of Secrets and ConfigMaps that an APIGateway names; they get the same review as any other. */
export function gatewaySources(spec: unknown): readonly Sourced[] {
  const { auth, tls, policyDefinitionsRef } = ((spec ?? {}) as Partial<GatewaySpec>).management ?? {};
  const key = (
    path: string,
    name: string | undefined,
    of: string,
    from: Sourced['from'] = 'Secret',
  ): readonly Sourced[] =>
    name === undefined
      ? []
      : [
          {
            path: `management.${path}`,
            from,
            source: { is: 'key', name, key: of, optional: false },
          },
        ];
  return [
    ...key('auth.basic.secretRef', auth?.basic?.secretRef.name, 'username'),
    ...key('auth.basic.secretRef', auth?.basic?.secretRef.name, 'password'),
    ...key('auth.bearer.secretRef', auth?.bearer?.secretRef.name, auth?.bearer?.secretRef.key ?? 'token'),
    ...key('policyDefinitionsRef', policyDefinitionsRef?.name, 'policies.json', 'ConfigMap'),
    ...key('tls.caSecretRef', tls?.caSecretRef?.name, tls?.caSecretRef?.key ?? 'ca.crt'),
    ...key('tls.clientCertSecretRef', tls?.clientCertSecretRef?.name, 'tls.crt'),
    ...key('tls.clientCertSecretRef', tls?.clientCertSecretRef?.name, 'tls.key'),
  ];
}

/** Everything that is to be said of an APIGateway. */
export function gatewayFindings(
  question: GatewayQuestion,
  keys: readonly FoundKey[],
  schemas: SchemaCheck,
): readonly Finding[] {
  const { object, enforcement } = question;
  const access = secretAccess(keys);
  const result = schemas.check(question.row, object.spec);
  if (result.violations !== undefined) return [...result.violations.map(denied), ...access];
  const present = keys
    .filter(({ allowed }) => allowed)
    .flatMap((found) => presence(found, object.metadata.namespace, enforcement));
  return [...access, ...present, ...managementFindings(specOf(result.spec), question.allowLoopback)];
}

function specOf(spec: CheckedSpec): GatewaySpec {
  return spec as unknown as GatewaySpec;
}

function managementFindings(spec: GatewaySpec, allowLoopback: boolean): readonly Finding[] {
  const { management } = spec;
  if (management === undefined) return [];
  const { url, serviceRef, adminUrl, auth, tls } = management;
  const findings: Finding[] = [];
  if ((url === undefined) === (serviceRef === undefined)) {
    findings.push(denied({ path: 'spec.management', fault: 'must have exactly one of url and serviceRef' }));
  }
  if (auth?.basic !== undefined && auth.bearer !== undefined) {
    findings.push(
      denied({ path: 'spec.management.auth', fault: 'must have one of basic and bearer, not both' }),
    );
  }
  for (const [field, value] of Object.entries({ url, adminUrl })) {
    if (value !== undefined)
      findings.push(...addressFaults(`spec.management.${field}`, value, allowLoopback).map(denied));
  }
  if (auth !== undefined && url?.startsWith('http://') === true && !isLoopback(hostOf(url) ?? '')) {
    findings.push(
      warned({
        path: 'spec.management.url',
        fault: 'sends credentials over plain HTTP',
        remedy: 'use https',
      }),
    );
  }
  if (tls?.insecureSkipVerify === true) {
    findings.push(
      warned({
        path: 'spec.management.tls.insecureSkipVerify',
        fault: 'trusts whoever answers',
        remedy: 'name the CA in caSecretRef',
      }),
    );
  }
  return findings;
}

/** Addresses at which no gateway stands, but something that must not be talked to in our name may. */
function addressFaults(path: string, url: string, allowLoopback: boolean): readonly Violation[] {
  const host = hostOf(url);
  if (host === undefined)
    return [
      {
        path,
        fault: 'must be an http or https URL without credentials',
        remedy: 'write it as https://gateway.example:9090',
      },
    ];
  if (isLinkLocal(host)) return [{ path, fault: 'must not be a link-local address', value: host }];
  if (isLoopback(host) && !allowLoopback) {
    return [
      {
        path,
        fault: "must not lie on the controller's own machine",
        value: host,
        remedy: 'PORTCULLIS_ALLOW_LOOPBACK=true allows it',
      },
    ];
  }
  return [];
}

function hostOf(url: string): string | undefined {
  const parsed = URL.parse(url);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol) || parsed.username !== '')
    return undefined;
  return plainHost(parsed.hostname);
}
