/** The part of an APIGateway's spec that decides. */
export interface Selector {
  readonly scope?: 'Cluster' | 'Namespaced' | 'LabelSelector';
  readonly namespaces?: readonly string[];
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}

export interface Candidate {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Whether a gateway takes a resource. `home` is the gateway's own namespace: what `Namespaced` means while it names
 * none. A LabelSelector without any requirement takes nothing, as an empty selector by mistake would take all.
 */
export function selects(selector: Selector, home: string, resource: Candidate): boolean {
  switch (selector.scope ?? 'Cluster') {
    case 'Cluster':
      return true;
    case 'Namespaced': {
      const namespaces = selector.namespaces ?? [];
      return namespaces.length === 0 ? resource.namespace === home : namespaces.includes(resource.namespace);
    }
    case 'LabelSelector':
      return matchesLabels(selector, resource.labels);
  }
}

function matchesLabels(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  const requirements =
    Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length;
  return requirements > 0 && meetsLabels(selector, labels);
}

/** Whether labels meet every requirement of a selector; where it has none they do. */
export function meetsLabels(
  { matchLabels = {}, matchExpressions = [] }: Pick<Selector, 'matchLabels' | 'matchExpressions'>,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
      }
    })
  );
}
