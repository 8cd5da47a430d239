import { Environment } from '@marcbachmann/cel-js';
import { Effort } from './effort.ts';
import { addListFunctions } from './list-functions.ts';
import { addNetworkFunctions } from './network-functions.ts';
import { shapes, variableTypes, type ShapeName } from './shapes.ts';
import { addTextFunctions } from './text-functions.ts';
import { classes } from './values.ts';

/** Everything that an expression can name, but for the variables of its policy. What it costs goes to `effort`. */
export interface Language {
  readonly environment: Environment;
  readonly effort: Effort;
}

export function createLanguage(): Language {
  const effort = new Effort();
  const environment = new Environment({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    unlistedVariablesAreDyn: false,
    limits: { maxAstNodes: 5000 },
  });
  for (const [name, fields] of Object.entries(shapes))
    environment.registerType(name, { ctor: classes[name as ShapeName], fields });
  for (const [name, type] of Object.entries(variableTypes)) environment.registerVariable(name, type);
  addTextFunctions(environment, effort);
  addListFunctions(environment, effort);
  addNetworkFunctions(environment);
  return { environment, effort };
}
