import { isMap, isScalar, parseDocument, type Pair, type YAMLMap } from 'yaml';

/** A value of the chart that is documented: what is below it is somebody else's format. */
export interface ChartValue {
  /** Keys from the top, the last one being its own. */
  readonly path: readonly string[];
  readonly description: string;
  readonly default: unknown;
}

const mark = ' -- ';

/** Every value of a values.yaml in its order: a key is one where a comment that begins with `# -- ` stands above it. */
export function chartValues(text: string): readonly ChartValue[] {
  const document = parseDocument(text);
  if (!isMap(document.contents)) throw new Error('values.yaml is no map');
  return valuesIn(document.contents, []);
}

function valuesIn(map: YAMLMap, above: readonly string[]): readonly ChartValue[] {
  return map.items.flatMap((pair, index) => {
    const path = [...above, keyOf(pair)];
    const description = commentOf(map, pair, index);
    if (description !== undefined) return [{ path, description, default: valueOf(pair) }];
    if (!isMap(pair.value)) throw new Error(`${path.join('.')} has no comment that says what it is for`);
    return valuesIn(pair.value, path);
  });
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}

function valueOf({ value }: Pair): unknown {
  return isScalar(value) ? value.value : (value as YAMLMap).toJSON();
}

/** The comment above the first key of a map belongs to the map. */
function commentOf(map: YAMLMap, { key }: Pair, index: number): string | undefined {
  const own = isScalar(key) ? key.commentBefore : undefined;
  const comment = own ?? (index === 0 ? map.commentBefore : undefined);
  const last = comment?.split('\n').at(-1);
  return last?.startsWith(mark) === true ? last.slice(mark.length) : undefined;
}
