import { setTimeout as sleep } from 'node:timers/promises';
import { table } from '../../src/kinds/table.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { customType, secretType } from '../../src/kube/core-types.ts';
import type { BareObject } from '../../src/kube/resource.ts';
import { group } from '../../src/model/generation.ts';
import type { Chance } from './chance.ts';
import {
  freshSecrets,
  secretName,
  shapes,
  type Member,
  type Secrets,
  type Shape,
  type State,
} from './family.ts';
import type { Site } from './gateways.ts';

/** A member as it should be now. */
export interface Resident {
  readonly member: Member;
  revision: number;
}

export interface Family {
  readonly name: string;
  readonly namespace: string;
  readonly shape: Shape;
  residents: readonly Resident[];
  sites: readonly Site[];
  turn: number;
  secrets: Secrets;
  /** While one of its members is away for a moment, nobody else touches it. */
  isBusy: boolean;
}

/** How long a deleted resource may take to go: as long as its gateway may be down, and more. */
const goneWithinMs = 120_000;

/** What the people of a few teams write into the cluster, and what the gateways should therefore hold. */
export class Population {
  readonly #client: KubeClient;
  readonly #chance: Chance;
  readonly #namespaces: readonly string[];
  readonly #sites: readonly Site[];
  readonly #families = new Map<string, Family>();
  readonly #count: (what: string) => void;
  #last = 0;

  constructor(
    { namespaces, sites }: { readonly namespaces: readonly string[]; readonly sites: readonly Site[] },
    dependencies: {
      readonly client: KubeClient;
      readonly chance: Chance;
      readonly count: (what: string) => void;
    },
  ) {
    this.#namespaces = namespaces;
    this.#sites = sites;
    this.#client = dependencies.client;
    this.#chance = dependencies.chance;
    this.#count = dependencies.count;
  }

  get families(): readonly Family[] {
    return [...this.#families.values()];
  }

  get size(): number {
    return this.families.reduce((sum, { residents }) => sum + residents.length, 0);
  }

  /** A new family; its members come in the order in which they need each other. */
  async settle(): Promise<void> {
    const chance = this.#chance;
    const shape = chance.weighted(shapes);
    this.#last += 1;
    const name = `f${this.#last}`;
    const family: Family = {
      name,
      namespace: chance.pick(this.#namespaces),
      shape,
      residents: shape.members(name).map((member) => ({ member, revision: 0 })),
      sites: this.#someSites(shape),
      turn: 0,
      secrets: freshSecrets(name, 0),
      isBusy: false,
    };
    await this.#writeSecret(family);
    for (const resident of family.residents) await this.#write(family, resident);
    this.#families.set(name, family);
    this.#count('families created');
  }

  async edit(): Promise<void> {
    const family = this.#free();
    if (family === undefined) return;
    const resident = this.#chance.pick(family.residents);
    resident.revision += 1;
    await this.#write(family, resident);
    this.#count('edits');
  }

  /** A family goes, whoever needs whom. */
  async leave(): Promise<void> {
    const family = this.#free();
    if (family === undefined) return;
    this.#families.delete(family.name);
    const inAnyOrder = family.residents.toSorted(() => this.#chance.between(-1, 1));
    for (const { member } of inAnyOrder) await this.#delete(family, member);
    this.#count('families deleted');
  }

  /** One on which nothing rests goes for good. */
  async leaveAlone(): Promise<void> {
    const found = this.#leaf();
    if (found === undefined) return;
    const { family, resident } = found;
    family.residents = family.residents.filter((one) => one !== resident);
    if (family.residents.length === 0) this.#families.delete(family.name);
    await this.#delete(family, resident.member);
    this.#count('single resources deleted');
  }

  /** One on which nothing rests is deleted, and made anew as soon as it is gone. It is away for a while. */
  async comeAgain(): Promise<{ readonly isBack: Promise<void> } | undefined> {
    const found = this.#leaf();
    if (found === undefined) return undefined;
    const { family, resident } = found;
    family.isBusy = true;
    await this.#delete(family, resident.member);
    this.#count('resources made anew');
    return { isBack: this.#anew(family, resident) };
  }

  /** The family's labels name other gateways, one resource after the other. */
  async move(): Promise<void> {
    const family = this.#free();
    if (family === undefined) return;
    family.sites = this.#someSites(family.shape);
    const inAnyOrder = family.residents.toSorted(() => this.#chance.between(-1, 1));
    for (const resident of inAnyOrder) await this.#write(family, resident);
    this.#count('moves of a family');
  }

  async rotate(): Promise<void> {
    const family = this.#free();
    if (family === undefined) return;
    family.turn += 1;
    family.secrets = freshSecrets(family.name, family.turn);
    await this.#writeSecret(family);
    this.#count('secrets rotated');
  }

  /** The namespaces go, and everybody with them. */
  forget(): void {
    this.#families.clear();
  }

  /** What a member should say now. */
  state({ turn, secrets }: Family, { revision }: Resident): State {
    return { revision, turn, secrets };
  }

  async #anew(family: Family, resident: Resident): Promise<void> {
    const { member } = resident;
    const type = customType(table.get(member.kind));
    const end = performance.now() + goneWithinMs;
    while ((await this.#client.get(type, family.namespace, member.name)) !== undefined) {
      if (performance.now() > end)
        throw new Error(`${member.kind} ${family.namespace}/${member.name} does not go`);
      await sleep(200);
    }
    resident.revision += 1;
    await this.#write(family, resident);
    family.isBusy = false;
  }

  #free(): Family | undefined {
    const free = this.families.filter(({ isBusy }) => !isBusy);
    return free.length === 0 ? undefined : this.#chance.pick(free);
  }

  #leaf(): { family: Family; resident: Resident } | undefined {
    const family = this.#free();
    const leaves = family?.residents.filter(({ member }) => member.isLeaf) ?? [];
    return family === undefined || leaves.length === 0
      ? undefined
      : { family, resident: this.#chance.pick(leaves) };
  }

  #someSites({ isOld }: Shape): readonly Site[] {
    return this.#chance.some(this.#sites.filter(({ gateway }) => !isOld || gateway.api === 'v0.9'));
  }

  async #write(family: Family, resident: Resident): Promise<void> {
    const { member } = resident;
    const object: BareObject & { readonly spec: unknown } = {
      apiVersion: `${group}/v1`,
      kind: member.kind,
      metadata: {
        name: member.name,
        namespace: family.namespace,
        labels: Object.fromEntries(family.sites.map(({ label }) => [label, 'true'])),
      },
      spec: member.spec(this.state(family, resident)),
    };
    await this.#client.apply(customType(table.get(member.kind)), object, {
      fieldManager: 'people',
      force: true,
    });
    this.#count('writes of custom resources');
  }

  async #delete({ namespace }: Family, { kind, name }: Member): Promise<void> {
    await this.#client.delete(customType(table.get(kind)), namespace, name);
  }

  async #writeSecret({ name, namespace, secrets }: Family): Promise<void> {
    const object = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: secretName(name), namespace },
      stringData: secrets,
    };
    await this.#client.apply(secretType, object, { fieldManager: 'people', force: true });
  }
}
