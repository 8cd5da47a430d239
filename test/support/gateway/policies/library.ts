import type { ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import type { JsonObject } from '../wire/json.ts';
import type { PolicyDefinition } from './definition.ts';
import type { ParamFault } from './faults.ts';
import { faultsOf } from './faults.ts';

/** The policy definitions that a gateway has loaded, and what they say of parameters. */
export class PolicyLibrary {
  readonly #byName = new Map<string, PolicyDefinition[]>();
  readonly #validators = new Map<PolicyDefinition, ValidateFunction | 'not compilable'>();
  readonly #ajv = new Ajv({
    strict: false,
    allErrors: true,
    verbose: true,
    unicodeRegExp: false,
    logger: false,
  });

  constructor(definitions: readonly PolicyDefinition[]) {
    for (const definition of definitions) {
      const known = this.#byName.get(definition.name) ?? [];
      this.#byName.set(definition.name, [...known, definition].sort(newestFirst));
    }
  }

  /** By name, then newest first: the order of the dump. */
  get definitions(): readonly PolicyDefinition[] {
    return [...this.#byName.values()].flat().sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  /** `major` may be empty, which is the newest. */
  has(name: string, major: string): boolean {
    return this.#find(name, major) !== undefined;
  }

  faults(name: string, major: string, params: JsonObject): readonly ParamFault[] {
    const definition = this.#find(name, major);
    const validate = definition && this.#validator(definition);
    if (validate === undefined || validate === 'not compilable' || validate(params)) return [];
    return faultsOf(validate.errors ?? []);
  }

  #find(name: string, major: string): PolicyDefinition | undefined {
    return this.#byName
      .get(name)
      ?.find(({ version }) => major === '' || majorOf(version) === Number(major.slice(1)));
  }

  #validator(definition: PolicyDefinition): ValidateFunction | 'not compilable' {
    const known = this.#validators.get(definition);
    if (known !== undefined) return known;
    const made = this.#compile(definition);
    this.#validators.set(definition, made);
    return made;
  }

  /** A definition that doesn't compile judges nothing, rather than taking the gateway down. */
  #compile({ parameters }: PolicyDefinition): ValidateFunction | 'not compilable' {
    try {
      return this.#ajv.compile(parameters ?? {});
    } catch {
      return 'not compilable';
    }
  }
}

function newestFirst(a: PolicyDefinition, b: PolicyDefinition): number {
  return b.version.localeCompare(a.version, 'en', { numeric: true });
}

function majorOf(version: string): number {
  return Number.parseInt(version.replace(/^v/, ''), 10);
}
