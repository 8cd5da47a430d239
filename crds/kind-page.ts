import { adviceKeyword, secretKeyword } from '../src/model/schema.ts';
import type { Kind } from '../src/model/kind.ts';
import type { Source } from '../src/manifests/definition.ts';

type Json = Readonly<Record<string, unknown>>;

interface Field {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
  readonly refusedUnless: string;
  readonly warnedUnless: string;
}

/** The reference page of a kind: what stands in its spec, what is refused and what only warned about. */
export function pageOf(source: Source, row: Kind | undefined): string {
  const fields = fieldsOf(source.schema as Json, 'spec', true).slice(1);
  const only = (row?.fieldsOf ?? []).map(
    ({ pattern, generations }) => `\`spec.${pattern}\` (${generations.join(', ')})`,
  );
  return `# ${source.kind}

${source.description}

${facts(source, row)
  .map(([what, value]) => `- ${what}: ${value}`)
  .join('\n')}

| field | type | meaning | refused unless | warned about unless |
|---|---|---|---|---|
${fields.map(line).join('\n')}

A field in **bold** is required. Constraints on texts are not applied to templates (\`{{ … }}\`), which the gateway renders
first; rules that span fields are in the kind's file under \`src/kinds\`.
${only.length === 0 ? '' : `\nFields that only some generations of gateways know; where a selected gateway would drop them, they are refused: ${only.join(', ')}.\n`}`;
}

function facts(source: Source, row: Kind | undefined): readonly (readonly [string, string])[] {
  const names = [source.plural, ...source.shortNames].map((name) => `\`${name}\``).join(', ');
  if (row === undefined) return [['names', names]];
  const { collection, identity, update } = row;
  const known = {
    handle: 'its name',
    nested: 'its name below its parent',
    assigned: 'an id that the gateway gives',
  };
  const changed = {
    put: 'replaced',
    post: 'sent again',
    recreate: 'made anew beside the old one, which then goes',
    fields: 'changed in some fields only',
  };
  return [
    ['names', names],
    [
      'collection',
      `\`${collection.path}\` on gateways of generation ${collection.generations.join(' and ')}`,
    ],
    ['a gateway knows it by', known[identity.is]],
    ['a change at the gateway', changed[update.by]],
    [
      'whether it is live there',
      row.liveAs === undefined ? 'no gateway tells' : 'condition `Live`, where the admin port is known',
    ],
    ...(row.secrets.length === 0
      ? []
      : [['secrets may stand at', row.secrets.map((path) => `\`spec.${path}\``).join(', ')] as const]),
    ...(row.immutable === undefined
      ? []
      : [
          [
            "can't be changed once it stands at a gateway",
            row.immutable.map((path) => `\`spec.${path}\``).join(', '),
          ] as const,
        ]),
    ...(row.lasting === undefined
      ? []
      : [
          [
            "can't be taken away once it stands there",
            row.lasting.map((path) => `\`spec.${path}\``).join(', '),
          ] as const,
        ]),
    ...(row.distinctSecret === undefined
      ? []
      : [['differs between all of one parent', `\`spec.${row.distinctSecret.path}\``] as const]),
  ];
}

function line({ path, type, required, description, refusedUnless, warnedUnless }: Field): string {
  const name = required ? `**\`${path}\`**` : `\`${path}\``;
  return `| ${[name, type, description, refusedUnless, warnedUnless].map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '&lt;')).join(' | ')} |`;
}

/** A field and all below it, in the order in which they stand in the schema. */
function fieldsOf(schema: Json, path: string, required: boolean): readonly Field[] {
  const advice = (schema[adviceKeyword] ?? {}) as Json;
  const own: Field = {
    path,
    type: typeText(schema),
    required,
    description: typeof schema.description === 'string' ? schema.description : '',
    refusedUnless: constraints(schema),
    warnedUnless: constraints(advice),
  };
  const properties = Object.entries((schema.properties ?? {}) as Readonly<Record<string, Json>>);
  const wanted = Array.isArray(schema.required) ? (schema.required as readonly string[]) : [];
  const children = properties.flatMap(([name, field]) =>
    fieldsOf(field, `${path}.${name}`, wanted.includes(name)),
  );
  const items =
    schema.items === undefined
      ? []
      : fieldsOf(schema.items as Json, `${path}[]`, false).filter(
          (field) => field.path !== `${path}[]` || field.refusedUnless !== '',
        );
  return [own, ...children, ...items];
}

function typeText(schema: Json): string {
  if (schema[secretKeyword] === true) return 'secret';
  return typeof schema.type === 'string' ? schema.type : 'any';
}

const said: Readonly<Record<string, (value: unknown) => string>> = {
  enum: (value) => `one of ${(value as readonly string[]).join(', ')}`,
  pattern: (value) => `matches \`${String(value)}\``,
  minLength: (value) => (value === 1 ? 'not empty' : `at least ${String(value)} characters`),
  maxLength: (value) => `at most ${String(value)} characters`,
  minItems: (value) => (value === 1 ? 'at least one entry' : `at least ${String(value)} entries`),
  minimum: (value) => `≥ ${String(value)}`,
  maximum: (value) => `≤ ${String(value)}`,
  format: () => 'RFC 3339',
};

function constraints(schema: Json): string {
  const told = Object.entries(said).flatMap(([keyword, say]) =>
    schema[keyword] === undefined ? [] : [say(schema[keyword])],
  );
  const wanted =
    schema.properties === undefined && Array.isArray(schema.required)
      ? [`has ${schema.required.join(', ')}`]
      : [];
  return [...told, ...wanted].join('; ');
}
