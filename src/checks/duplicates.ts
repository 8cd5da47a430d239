import { annotation, artifactId } from '../model/annotations.ts';
import { isSame, titled, type Resource } from '../model/resource.ts';
import { gatewayKey, selectedBy } from '../selection/gateways.ts';
import { denied, warned, type Check, type CheckInput, type Finding } from './input.ts';

/** No two resources on one gateway share what the gateway keeps unique. */
export const duplicates: Check = (input) => [
  ...handles(input),
  ...shipped(input),
  ...titles(input),
  ...routes(input),
  ...artifactIds(input),
];

function handles(input: CheckInput): readonly Finding[] {
  const { row, object } = input.question;
  // Nested handles stand below their parents, assigned ids never collide.
  if (row.identity.is !== 'handle') return [];
  const { name } = object.metadata;
  return clashes(
    input,
    input.table.sharing(row).flatMap(({ kind }) => input.view.withName(kind, name)),
  ).map(({ other, gateway }) =>
    denied({
      path: 'metadata.name',
      fault: `is taken on gateway ${gateway} by ${titled(other)}`,
      value: name,
      remedy: 'choose another name: it is the handle under which the gateway stores it',
    }),
  );
}

/** A gateway answers 409 to the creation of what it ships with; the controller may take it over where it is told to. */
function shipped({ question, selected, view }: CheckInput): readonly Finding[] {
  const { row, object, old } = question;
  const { name, namespace, annotations = {} } = object.metadata;
  if (old !== undefined || row.builtIn === undefined) return [];
  const adoption =
    annotations[annotation.adoptionPolicy] ?? view.annotationsOf(namespace)[annotation.adoptionPolicy];
  if (adoption === 'IfUnowned' || adoption === 'Always') return [];
  const gateway = selected.find(({ builtIn }) => (builtIn ?? row.builtIn ?? []).includes(name));
  if (gateway === undefined) return [];
  return [
    denied({
      path: 'metadata.name',
      fault: `is that of one that gateway ${gatewayKey(gateway)} ships with`,
      value: name,
      remedy: `choose another name, or annotate it with ${annotation.adoptionPolicy}=IfUnowned to take that one over`,
    }),
  ];
}

function titles(input: CheckInput): readonly Finding[] {
  const { row } = input.question;
  const title = row.title?.(input.spec);
  if (title === undefined) return [];
  return clashes(input, input.view.withTitle(row.kind, title)).map(({ other, gateway }) =>
    denied({
      path: 'spec',
      fault: `has the ${row.titleIs ?? 'display name and version'} of ${titled(other)} on gateway ${gateway}`,
      value: title,
      remedy: 'the gateway keeps it unique: change one of the two',
    }),
  );
}

/** The gateway takes two APIs at one address; which one answers is then anybody's guess. */
function routes(input: CheckInput): readonly Finding[] {
  const found = new Set<Resource>();
  return (input.question.row.routes?.(input.spec) ?? []).flatMap((route) =>
    clashes(input, input.view.withRoute(routeKey(route))).flatMap(({ other, gateway }) => {
      if (found.has(other)) return [];
      found.add(other);
      const fault = `is answered by ${titled(other)} on gateway ${gateway} too (host ${route.vhost})`;
      return [warned({ path: 'spec.context', fault, value: route.context })];
    }),
  );
}

/** One text for a place at which an API answers. */
export function routeKey(route: { readonly context: string; readonly vhost: string }): string {
  return `${route.vhost} ${route.context}`;
}

/** The annotation decides the stored uuid: a second resource that names it would replace the first one's API. */
function artifactIds(input: CheckInput): readonly Finding[] {
  const { object, old } = input.question;
  const id = object.metadata.annotations?.[artifactId];
  const path = `metadata.annotations[${JSON.stringify(artifactId)}]`;
  const before = old?.metadata.annotations?.[artifactId];
  if (old !== undefined && before !== id) {
    return [
      denied({
        path,
        fault: `can't be changed from ${before ?? 'absent'}`,
        value: id,
        remedy: 'delete the resource and create it anew',
      }),
    ];
  }
  if (id === undefined) return [];
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
    return [denied({ path, fault: 'must be a UUID', value: id })];
  }
  return clashes(input, input.view.withArtifactId(id)).map(({ other, gateway }) =>
    denied({
      path,
      fault: `belongs to ${titled(other)} on gateway ${gateway}, whose API would be replaced`,
      value: id,
      remedy: 'remove the annotation',
    }),
  );
}

export interface Clash {
  readonly other: Resource;
  readonly gateway: string;
}

/** Those of the others that stand on a gateway that takes the object too. */
export function clashes(
  { question, selected, view }: Pick<CheckInput, 'question' | 'selected' | 'view'>,
  others: readonly Resource[],
): readonly Clash[] {
  const mine = new Set(selected.map(({ namespace, name }) => `${namespace}/${name}`));
  if (mine.size === 0) return [];
  return others.flatMap((other) => {
    if (isSame(other, question.object)) return [];
    const shared = selectedBy(view.gateways(), other)
      .map(({ namespace, name }) => `${namespace}/${name}`)
      .find((gateway) => mine.has(gateway));
    return shared === undefined ? [] : [{ other, gateway: shared }];
  });
}
