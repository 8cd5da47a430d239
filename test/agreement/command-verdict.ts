import { documentsIn } from '../../cli/manifests/documents.ts';
import { benchFor } from '../../cli/validate/bench.ts';
import { judgeAll } from '../../cli/validate/judge.ts';
import { sorted } from '../../cli/validate/sort.ts';
import type { Surroundings } from '../../cli/validate/surroundings.ts';
import { unreviewed } from '../../cli/validate/unreviewed.ts';
import { sentencesOf } from '../../src/checks/refusal.ts';
import { table } from '../../src/kinds/table.ts';
import { holderValues } from '../../src/kube/holder.ts';
import { SchemaCheck } from '../../src/model/checked.ts';
import { group } from '../../src/model/generation.ts';
import type { Resource } from '../../src/model/resource.ts';
import { PolicyLibrary } from '../../src/policies/library.ts';
import { unpacked, type Packed } from '../../src/policies/packed.ts';
import { grantFor } from '../../src/selection/reach.ts';
import { annotation } from '../../src/model/annotations.ts';
import type { Case, Manifest } from './corpus.ts';
import { gatewayOf, namesPolicies, placed, type Place } from './scene.ts';
import { isUpdated } from './webhook-verdict.ts';

/** What `portcullis validate --cluster` says of a case: all of it in the webhook's words. */
export interface CommandVerdict {
  readonly allowed: boolean;
  readonly denials: readonly string[];
  readonly warnings: readonly string[];
  /** By whom it is refused: what the API server refuses never reaches the webhook. */
  readonly isAskedOfWebhook: boolean;
}

const schemas = new SchemaCheck();

/** Judges the last manifest of a case with the others as what the cluster holds, as the command finds them there. */
export async function commandVerdict(one: Case, place: Place, policies: Packed): Promise<CommandVerdict> {
  const { documents } = documentsIn({
    file: one.fixture.file,
    text: JSON.stringify(placed(one.fixture.judged, place)),
    isNamed: true,
  });
  const files = sorted(documents, place.namespace, table);
  const options = {
    enforcement: undefined,
    inlineSecrets: 'Warn' as const,
    allowLoopback: true,
    generation: undefined,
    maxRemovalPercent: 20,
    now: new Date(),
  };
  const bench = await benchFor(files, around(one, place, policies), options, { table, schemas }, unreviewed);
  const [judgement] = await judgeAll(files, bench);
  const said = judgement?.said ?? [];
  const denials = sentencesOf(said, 'deny');
  return {
    allowed: judgement !== undefined && denials.length === 0,
    denials,
    warnings: sentencesOf(said, 'warn'),
    isAskedOfWebhook: !said.some(({ check }) => check === 'api-server'),
  };
}

/** The cluster as it stands before the case is judged. */
function around({ fixture, generation }: Case, place: Place, policies: Packed): Surroundings {
  const before = fixture.before.map((manifest) => ({ manifest, object: placed(manifest, place) }));
  const resources = before
    .filter(({ object }) => object.apiVersion.startsWith(group))
    .map(({ manifest, object }) => (isUpdated(manifest, fixture) ? standing(object, place) : object));
  const gateway = gatewayOf(place, { fixture, generation }) as unknown as Resource;
  const granted = { [annotation.reach]: grantFor(gateway) };
  const definitions = namesPolicies(fixture) ? unpacked(policies) : undefined;
  const library = definitions && new PolicyLibrary(definitions);
  return {
    isCluster: true,
    resources: resources as unknown as readonly Resource[],
    gateways: [{ ...gateway, metadata: { ...gateway.metadata, annotations: granted } }],
    namespaces: [],
    policies: [],
    holders: {
      read: (from, namespace, name) => {
        const found = before.find(
          ({ object: { apiVersion, kind, metadata } }) =>
            apiVersion === 'v1' &&
            kind === from &&
            metadata.namespace === namespace &&
            metadata.name === name,
        );
        const allowed = fixture.expectation.as !== 'developer';
        const values = holderValues(from, found?.object);
        return Promise.resolve({ allowed, values: allowed ? values : undefined });
      },
    },
    libraryOf: () => library,
    mayBind: () => Promise.resolve(true),
    gaps: [],
  };
}

/** As the agreement's `stands` leaves it. */
function standing(object: Manifest, { namespace, gateway }: Place): object {
  return { ...object, status: { gateways: [{ namespace, name: gateway, state: 'Programmed' }] } };
}
