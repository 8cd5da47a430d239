import { existsSync, readFileSync } from 'node:fs';
import { definitionsIn, type PolicyDefinition } from '../../../src/policies/definition.ts';
import { root } from '../../support/root.ts';

const file = `${root}../shared/facts/policy-definitions-1.1.0.json`;

/** The 41 definitions of a real gateway 1.1.0; undefined, and said loudly, where they are not on this machine. */
export function realDefinitions(): readonly PolicyDefinition[] | undefined {
  if (!existsSync(file)) {
    process.stderr.write(`SKIPPED, loudly: ${file} is not on this machine, so no real policy is tried\n`);
    return undefined;
  }
  return definitionsIn({ policies: JSON.parse(readFileSync(file, 'utf8')) as unknown });
}
