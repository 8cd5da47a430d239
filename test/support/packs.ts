import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { packPolicies } from '../../crds/packs.ts';
import type { ReviewPolicySpec } from '../../src/kinds/review-policy.ts';
import { certificatePem } from './certificate-pem.ts';
import { root } from './root.ts';

/** A resource that a rule of a pack takes or refuses, of no namespace yet. */
export interface Example {
  readonly title: string;
  readonly verdict: 'accepted' | 'refused';
  readonly manifest: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly spec: unknown;
  };
}

/** A policy of a pack, which has one rule, with the examples of that. */
export interface PackRule {
  readonly pack: string;
  readonly rule: string;
  readonly policy: { readonly name: string; readonly spec: ReviewPolicySpec };
  readonly examples: readonly Example[];
}

/** The hosts that the examples take for allowed; the pack itself allows none. */
const allowedHosts = '["api.allowed.example", "*.partners.example"]';

const tenDaysMs = 10 * 86_400_000;

/** Every rule of every pack of the chart with its examples, which stand in test/packs. */
export function packRules(): readonly PackRule[] {
  return packPolicies().map(({ pack, metadata, spec }) => {
    const [rule] = spec.rules;
    if (rule === undefined || spec.rules.length !== 1) throw new Error(`${metadata.name} has not one rule`);
    return {
      pack,
      rule: rule.name,
      policy: { name: metadata.name, spec: withHosts(spec) },
      examples: examplesIn(join(root, 'test/packs', pack, rule.name)),
    };
  });
}

function examplesIn(folder: string): readonly Example[] {
  const ending = certificatePem('ending', { notAfter: new Date(Date.now() + tenDaysMs).toISOString() });
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const manifest = parse(text, (_, value: unknown) => (value === 'ENDING' ? ending : value)) as unknown;
      const verdict = file.startsWith('accepted-') ? 'accepted' : 'refused';
      return { title: basename(file, '.yaml'), verdict, manifest: manifest as Example['manifest'] };
    });
}

function withHosts(spec: ReviewPolicySpec): ReviewPolicySpec {
  if (spec.variables === undefined) return spec;
  const variables = spec.variables.map((variable) =>
    variable.name === 'allowedHosts' ? { ...variable, expression: allowedHosts } : variable,
  );
  return { ...spec, variables };
}

/** The same policy with another action. */
export function acting(spec: ReviewPolicySpec, action: 'Deny' | 'Warn' | 'Audit'): ReviewPolicySpec {
  return { ...spec, rules: spec.rules.map((rule) => ({ ...rule, action })) };
}
