/**
 * The definition of PolicyReport as the Kubernetes policy working group publishes it (policy-report v1alpha2), reduced to
 * the fields that we write.
 */
export const policyReportCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'policyreports.wgpolicyk8s.io' },
  spec: {
    group: 'wgpolicyk8s.io',
    scope: 'Namespaced',
    names: {
      kind: 'PolicyReport',
      listKind: 'PolicyReportList',
      plural: 'policyreports',
      singular: 'policyreport',
      shortNames: ['polr'],
    },
    versions: [
      {
        name: 'v1alpha2',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: schema() },
      },
    ],
  },
};

function schema(): object {
  const string = { type: 'string' };
  const integer = { type: 'integer' };
  const result = { type: 'string', enum: ['pass', 'fail', 'warn', 'error', 'skip'] };
  const counts = ['pass', 'fail', 'warn', 'error', 'skip'].map((name) => [name, integer]);
  const reference = ['apiVersion', 'fieldPath', 'kind', 'name', 'namespace', 'resourceVersion', 'uid'];
  return {
    type: 'object',
    properties: {
      apiVersion: string,
      kind: string,
      metadata: { type: 'object' },
      summary: { type: 'object', properties: Object.fromEntries(counts) as object },
      results: {
        type: 'array',
        items: {
          type: 'object',
          required: ['policy'],
          properties: {
            source: string,
            policy: string,
            rule: string,
            category: string,
            severity: { type: 'string', enum: ['critical', 'high', 'low', 'medium', 'info'] },
            result,
            scored: { type: 'boolean' },
            message: string,
            properties: { type: 'object', additionalProperties: string },
            resources: {
              type: 'array',
              items: {
                type: 'object',
                properties: Object.fromEntries(reference.map((name) => [name, string])) as object,
              },
            },
          },
        },
      },
    },
  };
}
