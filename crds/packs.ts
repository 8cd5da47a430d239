import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { ReviewPolicySpec } from '../src/kinds/review-policy.ts';

/** A policy of a pack, with the defaults of its parameters. */
export interface PackPolicy {
  readonly pack: string;
  readonly metadata: { readonly name: string };
  readonly spec: ReviewPolicySpec;
}

const folder = fileURLToPath(new URL('../charts/portcullis/packs/', import.meta.url));

/** Every policy of every pack of the chart, in the order in which they are written. */
export function packPolicies(): readonly PackPolicy[] {
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const policies = parse(readFileSync(folder + file, 'utf8')) as Omit<PackPolicy, 'pack'>[];
      return policies.map((policy) => ({ ...policy, pack: basename(file, '.yaml') }));
    });
}
