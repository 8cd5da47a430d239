/**
 * The wire form of most kinds: an envelope whose strings the gateway renders as templates. `{{ secret "n" }}` in one
 * names an instance of either kind of secret; both stand in the gateway's one collection.
 */
export const templatedEnvelope = <Kind extends string>(kind: Kind) =>
  ({
    is: 'envelope',
    kind,
    templated: true,
    secretKinds: ['Secret', 'ManagedSecret'],
    mark: 'annotation',
  }) as const;
