import { compiled, type Validate } from './compile.ts';
import { majorOf, type PolicyDefinition } from './definition.ts';
import { faultsOf, type ParamFault } from './faults.ts';
import { nearestOf } from '../model/nearest.ts';
import { prepared } from './params.ts';

/** How parameters are judged; `unknown` where the definition is of no use, or the parameters too large. */
export type Judgement =
  { readonly is: 'judged'; readonly faults: readonly ParamFault[] } | { readonly is: 'unknown' };

/** Parameters beyond this are the gateway's to judge, in characters of JSON. */
const maxParams = 256 * 1024;

/** The policies that one gateway has loaded. Each is compiled once, when it is first asked for. */
export class PolicyLibrary {
  readonly #byName = new Map<string, PolicyDefinition[]>();
  readonly #validators = new Map<PolicyDefinition, Validate | undefined>();

  /** `definitions` by name, the newest first. */
  constructor(definitions: readonly PolicyDefinition[]) {
    for (const definition of definitions) {
      const known = this.#byName.get(definition.name);
      if (known === undefined) this.#byName.set(definition.name, [definition]);
      else known.push(definition);
    }
  }

  /** The majors that there are of a policy, the newest first; empty where it is not known at all. */
  majors(name: string): readonly string[] {
    const majors = (this.#byName.get(name) ?? []).map(({ version }) => majorOf(version) ?? version);
    return [...new Set(majors)];
  }

  /** The definition that a resource means; without a major the newest. */
  find(name: string, major: string | undefined): PolicyDefinition | undefined {
    return this.#byName
      .get(name)
      ?.find(({ version }) => major === undefined || major === '' || majorOf(version) === major);
  }

  /** The name that was probably meant. */
  nearest(name: string): string | undefined {
    return nearestOf(name, this.#byName.keys());
  }

  judge(definition: PolicyDefinition, params: unknown): Judgement {
    const validate = this.#validatorOf(definition);
    if (validate === undefined || JSON.stringify(params).length > maxParams) return { is: 'unknown' };
    const given = prepared(params);
    try {
      return { is: 'judged', faults: faultsOf(validate(given.value), given) };
    } catch {
      return { is: 'unknown' };
    }
  }

  #validatorOf(definition: PolicyDefinition): Validate | undefined {
    if (!this.#validators.has(definition)) this.#validators.set(definition, compiled(definition.parameters));
    return this.#validators.get(definition);
  }
}
