import { group } from '../src/model/generation.ts';
import { structural } from '../src/model/structural.ts';
import { gatewayStatus, resourceStatus } from './status-schema.ts';
import { partOfLabel, partOfUs } from '../src/model/annotations.ts';

/** What a CRD is made from: a row of the kind table, or the one kind that has no collection. */
export interface Source {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly description: string;
  readonly schema: unknown;
  /** Set where `Live` can be told. */
  readonly liveAs?: string | undefined;
  readonly columns?: readonly {
    readonly name: string;
    readonly type: string;
    readonly jsonPath: string;
    readonly priority?: number;
  }[];
}

const ready = (field: string) => `.status.conditions[?(@.type=="Ready")].${field}`;

const age = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

function columnsOf(source: Source): readonly object[] {
  const condition = {
    name: 'Ready',
    type: 'string',
    jsonPath: ready('status'),
    description: 'Whether every selected gateway holds it.',
  };
  const reason = { name: 'Reason', type: 'string', jsonPath: ready('reason') };
  const live = {
    name: 'Live',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Live")].status',
    priority: 1,
    description: 'Whether every selected gateway serves it.',
  };
  const message = { name: 'Message', type: 'string', jsonPath: ready('message'), priority: 1 };
  if (source.columns === undefined) {
    const reachable = {
      name: 'Reachable',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Reachable")].status',
    };
    const synced = {
      name: 'Synced',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Synced")].status',
    };
    const counts = ['Bound', 'Programmed', 'Failing'].map((name) => ({
      name,
      type: 'integer',
      jsonPath: `.status.${name.toLowerCase()}`,
    }));
    return [
      reachable,
      synced,
      { name: 'Api', type: 'string', jsonPath: '.status.apiVersion' },
      ...counts,
      age,
    ];
  }
  const gateways = {
    name: 'Gateways',
    type: 'string',
    jsonPath: '.status.programmed',
    description: 'On how many of the selected gateways.',
  };
  const shown = source.liveAs === undefined ? [] : [live];
  return [condition, gateways, ...source.columns, ...shown, reason, message, age];
}

/** The CRD of a kind, in both versions with one schema, so that no conversion is ever needed. */
export function crdOf(source: Source): object {
  const status = source.columns === undefined ? gatewayStatus : resourceStatus;
  const version = (name: string, storage: boolean) => ({
    name,
    served: true,
    storage,
    additionalPrinterColumns: columnsOf(source),
    subresources: { status: {} },
    schema: {
      openAPIV3Schema: {
        type: 'object',
        description: source.description,
        required: ['spec'],
        properties: {
          apiVersion: { type: 'string' },
          kind: { type: 'string' },
          metadata: { type: 'object' },
          spec: structural(source.schema),
          status,
        },
      },
    },
  });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${source.plural}.${group}`, labels: { [partOfLabel]: partOfUs } },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind: source.kind,
        listKind: `${source.kind}List`,
        plural: source.plural,
        singular: source.kind.toLowerCase(),
        shortNames: [...source.shortNames],
        categories: ['portcullis'],
      },
      versions: [version('v1', true), version('v1alpha1', false)],
    },
  };
}
