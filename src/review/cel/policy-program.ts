import type { ReviewPolicySpec } from '../../kinds/review-policy.ts';
import type { Violation } from '../../model/violation.ts';
import type { Language } from './environment.ts';
import { compileExpression, isFault, type Expression } from './expression.ts';
import { variableTypes } from './shapes.ts';

export interface RuleProgram {
  readonly name: string;
  /** Absent where it does not compile. */
  readonly condition?: Expression;
  readonly message?: Expression;
  /** What the condition looks at, through the variables that it names too. */
  readonly reads: readonly Read[];
}

/** A name that rules see, and the fields below it as far as they are written out. */
export type Read = readonly string[];

export interface PolicyProgram {
  /** In order; each sees those before it. */
  readonly variables: readonly { readonly name: string; readonly expression: Expression }[];
  readonly rules: readonly RuleProgram[];
  /** What does not compile, with its path in the policy. */
  readonly faults: readonly Violation[];
  /** Names that expressions read, those of variables by themselves. */
  readonly readVariables: ReadonlySet<string>;
}

/** Compiles all expressions of a policy. A rule that names a variable that does not compile does not compile either. */
export function compilePolicy(
  spec: ReviewPolicySpec,
  { environment: base, effort }: Language,
): PolicyProgram {
  const faults: Violation[] = [];
  const known: Record<string, string> = {};
  const withKnown = () => base.clone().registerVariable('variables', { schema: { ...known } });
  let environment = withKnown();
  const compile = (path: string, text: string, types?: readonly string[]) => {
    const result = compileExpression(environment, text, { effort, ...(types && { types }) });
    if (!isFault(result)) return result;
    faults.push({ path, ...result });
    return undefined;
  };
  const variables = (spec.variables ?? []).flatMap(({ name, expression: text }, index) => {
    const expression = compile(`spec.variables[${index}].expression`, text);
    if (expression === undefined || Object.hasOwn(known, name)) return [];
    known[name] = declarable(expression.type);
    environment = withKnown();
    return [{ name, expression }];
  });
  const readsOf = readsThrough(variables);
  const rules = spec.rules.map(({ name, expression, messageExpression }, index): RuleProgram => {
    const path = `spec.rules[${index}]`;
    const condition = compile(`${path}.expression`, expression, ['bool']);
    const message =
      messageExpression === undefined
        ? undefined
        : compile(`${path}.messageExpression`, messageExpression, ['string']);
    const reads = readsOf(condition?.reads ?? []);
    return { name, reads, ...(condition && { condition }), ...(message && { message }) };
  });
  const all = [
    ...variables.map(({ expression }) => expression),
    ...rules.flatMap(({ condition, message }) => [condition, message]),
  ];
  const readVariables = new Set(
    all.flatMap((expression) =>
      (expression?.reads ?? []).flatMap(([name, field]) =>
        name === 'variables' && field !== undefined ? [field] : [],
      ),
    ),
  );
  return { variables, rules, faults, readVariables };
}

/** The type under which a variable is known to what comes after it; `dyn` where CEL has no name for it. */
function declarable(type: string): string {
  return /^(bool|int|uint|double|string|bytes|dyn|list|map|(list|map)<[\w<>, .]+>|[A-Z]\w+|google\.protobuf\.(Timestamp|Duration))$/.test(
    type,
  )
    ? type
    : 'dyn';
}

/** Follows reads through variables to what those read. */
function readsThrough(variables: PolicyProgram['variables']) {
  return (reads: readonly Read[]): readonly Read[] => {
    const found: Read[] = [];
    const seen = new Set<string>();
    const follow = ([name = '', ...fields]: Read): void => {
      if (Object.hasOwn(variableTypes, name)) found.push([name, ...fields]);
      if (name !== 'variables') return;
      for (const variable of variables) {
        if (seen.has(variable.name) || (fields.length > 0 && fields[0] !== variable.name)) continue;
        seen.add(variable.name);
        variable.expression.reads.forEach(follow);
      }
    };
    reads.forEach(follow);
    return found;
  };
}
