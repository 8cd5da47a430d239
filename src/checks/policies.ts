import { isTemplate } from '../model/expression.ts';
import type { Generation } from '../model/generation.ts';
import type { PolicyUse } from '../model/kind.ts';
import type { Violation } from '../model/violation.ts';
import type { PolicyLibrary } from '../policies/library.ts';
import { gatewayKey, type KnownGateway } from '../selection/gateways.ts';
import { denied, warned, type Check, type Finding } from './input.ts';

/** Every policy is one that each selected gateway has loaded, with parameters that its definition takes. */
export const policies: Check = ({ question, spec, selected, view }) => {
  const uses = question.row.policies?.(spec) ?? [];
  if (uses.length === 0) return [];
  const unknown: string[] = [];
  const findings = selected.flatMap((gateway) => {
    const library = view.policies(gateway);
    if (library !== undefined) return uses.flatMap((use) => findingsOf(use, gateway, library));
    unknown.push(gatewayKey(gateway));
    return [];
  });
  return [...findings, ...unchecked(unknown)];
};

/** Said once for a resource, however many policies it has. */
function unchecked(gateways: readonly string[]): readonly Finding[] {
  if (gateways.length === 0) return [];
  const whose = `gateway${gateways.length === 1 ? '' : 's'} ${gateways.slice(0, 5).join(', ')}`;
  const fault = `has policies that are not checked: what ${whose} loaded is not known`;
  return [
    warned({
      path: 'spec',
      fault,
      remedy: 'spec.management.adminUrl or policyDefinitionsRef of an APIGateway tells',
    }),
  ];
}

function findingsOf(use: PolicyUse, gateway: KnownGateway, library: PolicyLibrary): readonly Finding[] {
  const { name, version } = use;
  // What is no major is a fault that the kind's own rules tell of.
  const isNamed = version === undefined || version === '' || /^v\d+$/.test(version);
  if (isTemplate(name) || !isNamed) return [];
  const at = `gateway ${gatewayKey(gateway)}`;
  const named = verdictOf(use.namesJudgedBy, gateway);
  const majors = library.majors(name);
  if (majors.length === 0) {
    const near = library.nearest(name);
    const remedy =
      near === undefined
        ? `status.policies of the APIGateway lists those there are`
        : `did you mean ${near}?`;
    return [named({ path: `${use.path}.name`, fault: `is no policy of ${at}`, value: name, remedy })];
  }
  const definition = library.find(name, version);
  if (definition === undefined) {
    const fault = `is no major version of ${name} on ${at}`;
    return [
      named({ path: `${use.path}.version`, fault, value: version, remedy: `there is ${majors.join(', ')}` }),
    ];
  }
  const judged = verdictOf(use.paramsJudgedBy, gateway);
  const source = `${name} ${definition.version} on ${at}`;
  return use.params.flatMap(({ path, value }) => {
    const judgement = library.judge(definition, value);
    if (judgement.is === 'unknown')
      return [warned({ path, fault: `can't be checked: the definition of ${source} is of no use for it` })];
    return judgement.faults.map(({ where, fault }) =>
      judged({ path: path + where, fault: `${fault} (${source})` }),
    );
  });
}

/** Refused where the gateway itself would refuse it; elsewhere it is taken, and said all the same. */
function verdictOf(
  judgedBy: readonly Generation[],
  { generation }: KnownGateway,
): (violation: Violation) => Finding {
  return generation !== undefined && judgedBy.includes(generation) ? denied : warned;
}
