/** Schemas of what the controller writes; see `ResourceStatus` in src/model/status.ts. */

const string = (description: string) => ({ type: 'string', description });
const integer = (description: string) => ({ type: 'integer', format: 'int64', description });
const moment = (description: string) => ({ type: 'string', format: 'date-time', description });

const conditions = {
  type: 'array',
  description: 'What is true of the resource, as the Kubernetes API conventions say it.',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
  items: {
    type: 'object',
    required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
    properties: {
      type: string('What is said.'),
      status: { ...string('Whether it holds.'), enum: ['True', 'False', 'Unknown'] },
      reason: string('Why, as one word.'),
      message: string('Why, for people.'),
      observedGeneration: integer('The generation that it is said of.'),
      lastTransitionTime: moment('Since when.'),
    },
  },
};

const bindings = {
  type: 'array',
  description: 'One entry for each gateway that selects the resource, or still holds it.',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['namespace', 'name'],
  items: {
    type: 'object',
    required: ['namespace', 'name', 'state'],
    properties: {
      namespace: string('Namespace of the APIGateway.'),
      name: string('Name of the APIGateway.'),
      state: string('Programmed, Waiting, Refused, Failing, Removing or Orphaned.'),
      reason: string('Why, as one word.'),
      message: string('Why, for people.'),
      id: string('The id that the gateway gave.'),
      parent: string('Below which resource of the gateway it stands.'),
      fingerprint: string('A keyed digest of what was sent last.'),
      observedGeneration: integer('The generation that was sent last.'),
      lastSyncTime: moment('The last write at the gateway.'),
      fixed: {
        type: 'object',
        additionalProperties: { type: 'string' },
        description: 'A digest of each field that only a new creation changes, as it was sent.',
      },
      remoteUpdatedAt: string("The gateway's own time of change after our last write."),
      unkept: {
        type: 'array',
        description: 'Fields that the gateway took and did not keep.',
        items: { type: 'string' },
      },
      resync: string('The annotation resync-at that was followed last.'),
      live: {
        type: 'object',
        description: 'Whether it has reached what carries the traffic.',
        required: ['state', 'since'],
        properties: {
          state: string('Live, Pending, Undeployed or Unknown.'),
          since: moment('Since when; for Pending, since it was written.'),
          reason: string('Why it is unknown, as one word.'),
          message: string('Why it is unknown, for people.'),
        },
      },
    },
  },
};

export const resourceStatus = {
  type: 'object',
  properties: {
    observedGeneration: integer('The generation that this status is about.'),
    programmed: string('On how many of the selected gateways the resource is programmed, as 2/2.'),
    id: string('The id at the gateway, where there is only one.'),
    expiresAt: moment('When it ends, fixed at the first write.'),
    conditions,
    gateways: bindings,
  },
};

export const gatewayStatus = {
  type: 'object',
  properties: {
    observedGeneration: integer('The generation that this status is about.'),
    apiVersion: string('The generation of the management API that was found.'),
    bound: integer('Resources that the gateway takes.'),
    programmed: integer('Resources that it holds as wanted.'),
    failing: integer('Resources that it does not hold as wanted.'),
    unmanaged: integer('What stands there and bears no mark of this cluster; it is never touched.'),
    orphaned: integer('What stands there with our mark though its resource exists no more.'),
    removals: {
      type: 'object',
      description:
        'Removals that were too many at once, and those that the annotation allow-removal released.',
      properties: {
        held: integer('Resources whose removal is held.'),
        allowed: integer('The number in the annotation.'),
        used: integer('How many of that have been removed since it was set.'),
      },
    },
    lastSyncTime: moment('The last full comparison before anything of this status changed.'),
    conditions,
    policies: {
      type: 'array',
      description: 'Policy definitions that the gateway has loaded.',
      items: { type: 'object', properties: { name: string('Name.'), version: string('Version.') } },
    },
    policyHash: string('A digest of the definitions.'),
    templates: {
      type: 'array',
      description: 'Provider templates that it ships with.',
      items: { type: 'string' },
    },
  },
};

const exceptions = (description: string) => ({
  type: 'array',
  description,
  'x-kubernetes-list-type': 'atomic',
  items: {
    type: 'object',
    properties: {
      path: string('Where it stands.'),
      reason: string('Its reason.'),
      expires: moment('When it ends.'),
    },
  },
});

/** See `ReviewPolicyStatus` in src/review/policy-status.ts. */
export const reviewPolicyStatus = {
  type: 'object',
  properties: {
    observedGeneration: integer('The generation that this status is about.'),
    rules: integer('So many rules it has.'),
    reviewed: integer('Resources that it is about.'),
    denied: integer('Breaches of rules that deny, without those that are excused.'),
    warned: integer('Breaches of rules that warn.'),
    audited: integer('Breaches of rules that audit.'),
    excused: integer('Breaches that an exception covers.'),
    failed: integer('Rules that could not be evaluated of a resource.'),
    lastReviewTime: moment('The last full review before anything of this status changed.'),
    violations: {
      type: 'array',
      description: 'The first breaches, the gravest first.',
      'x-kubernetes-list-type': 'atomic',
      items: {
        type: 'object',
        required: ['kind', 'namespace', 'name', 'rule', 'action', 'message'],
        properties: {
          kind: string('Kind of the resource.'),
          namespace: string('Its namespace.'),
          name: string('Its name.'),
          rule: string('The rule.'),
          action: string('What the breach leads to there.'),
          path: string('The field.'),
          message: string('What is said.'),
        },
      },
    },
    endedExceptions: exceptions('Exceptions that excuse nothing any more.'),
    endingExceptions: exceptions('Exceptions that end within a week.'),
    conditions,
  },
};
