import { group } from '../model/generation.ts';
import { structural } from '../model/structural.ts';
import { gatewayStatus, resourceStatus, reviewPolicyStatus } from './status-schema.ts';
import { partOfLabel, partOfUs } from '../model/annotations.ts';

/** What a CRD is made from: a row of the kind table, or a kind that has no collection: gateways, and review policies. */
export interface Source {
  /** The main one where absent. */
  readonly group?: string;
  /** Only that of policies is not. */
  readonly namespaced?: boolean;
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

/** Whether a policy works, and what it finds. */
const policyColumns: readonly object[] = [
  {
    name: 'Ready',
    type: 'string',
    jsonPath: ready('status'),
    description: 'Whether every rule can be evaluated, and everything that is stored was reviewed.',
  },
  ...['Rules', 'Reviewed', 'Denied', 'Warned', 'Audited'].map((name) => ({
    name,
    type: 'integer',
    jsonPath: `.status.${name.toLowerCase()}`,
  })),
  ...['Excused', 'Failed'].map((name) => ({
    name,
    type: 'integer',
    jsonPath: `.status.${name.toLowerCase()}`,
    priority: 1,
  })),
  { name: 'Reason', type: 'string', jsonPath: ready('reason') },
  { name: 'Message', type: 'string', jsonPath: ready('message'), priority: 1 },
  age,
];

function columnsOf(source: Source): readonly object[] {
  if (source.namespaced === false) return policyColumns;
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

function statusOf({ namespaced, columns }: Source): object {
  if (namespaced === false) return reviewPolicyStatus;
  return columns === undefined ? gatewayStatus : resourceStatus;
}

/**
 * The CRD of a kind. What the platform has too is served in both its versions, with one schema, so that no conversion is
 * ever needed; what is ours alone has one.
 */
export function crdOf(source: Source): object {
  const { group: home = group, namespaced = true } = source;
  const status = statusOf(source);
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
    metadata: { name: `${source.plural}.${home}`, labels: { [partOfLabel]: partOfUs } },
    spec: {
      group: home,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind: source.kind,
        listKind: `${source.kind}List`,
        plural: source.plural,
        singular: source.kind.toLowerCase(),
        shortNames: [...source.shortNames],
        categories: ['portcullis'],
      },
      versions: [version('v1', true), ...(home === group ? [version('v1alpha1', false)] : [])],
    },
  };
}
