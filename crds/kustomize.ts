import { group } from '../src/model/generation.ts';
import type { Kind } from '../src/model/kind.ts';

interface FieldSpec {
  readonly group: string;
  readonly kind: string;
  readonly path: string;
}

interface Described {
  readonly kind: string;
  readonly schema: unknown;
}

/**
 * Where our kinds name Secrets and ConfigMaps, in the form in which kustomize is told of it, so that it follows its own
 * changes of names (a prefix, a hash of the content). It fails where a text stands in place of the object that leads to a
 * name, as a value that is written out does; so what is public, and mostly written out, is left out.
 */
export function nameReferences(
  rows: readonly (Described & Pick<Kind, 'secrets' | 'secretsArePublic'>)[],
  gateway: Described,
): object {
  const at = (kind: string) => (path: string) => ({ group, kind, path });
  const ofGateway = refsIn(gateway.schema, 'spec');
  const secrets = [
    ...rows
      .filter(({ secretsArePublic = false }) => !secretsArePublic)
      .flatMap(({ kind, secrets: paths }) => paths.flatMap(spellings).map(at(kind))),
    ...ofGateway.filter((path) => isSecret(path)).map(at(gateway.kind)),
  ];
  const configMaps = ofGateway.filter((path) => !isSecret(path)).map(at(gateway.kind));
  return { nameReference: [target('Secret', secrets), target('ConfigMap', configMaps)] };
}

function target(kind: string, fieldSpecs: readonly FieldSpec[]): object {
  return { version: 'v1', kind, fieldSpecs };
}

/** Both ways of naming a key of a Secret. kustomize goes through lists by itself. */
function spellings(path: string): readonly string[] {
  const stem = `spec/${path.replaceAll('[]', '').replaceAll('.', '/')}/valueFrom`;
  return [`${stem}/name`, `${stem}/secretKeyRef/name`];
}

/** The names in every `…Ref` of a schema that has one, as paths. */
function refsIn(schema: unknown, path: string): readonly string[] {
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, unknown>> };
  return Object.entries(properties).flatMap(([key, inner]) => {
    const below = `${path}/${key}`;
    return /(secret|config|definitions)Ref$/i.test(key) ? [`${below}/name`] : refsIn(inner, below);
  });
}

function isSecret(path: string): boolean {
  return /secretRef\/name$/i.test(path);
}
