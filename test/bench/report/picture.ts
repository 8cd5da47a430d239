import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Curve } from '../results.ts';

/** A curve as an SVG, legible on a light and on a dark page. */
export async function picture(curve: Curve): Promise<string> {
  const view = new View(parse(compile(specOf(curve)).spec), { renderer: 'none' });
  return `${await view.toSVG()}\n`;
}

/** Every series a line, from zero up: what is flat is to look flat. */
export function specOf({ title, x, y, series }: Curve): TopLevelSpec {
  const values = Object.entries(series).flatMap(([name, points]) =>
    points.map(([at, value]) => ({ at, value, name })),
  );
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title,
    width: 480,
    height: 260,
    background: 'white',
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'at', type: 'quantitative', title: x },
      y: { field: 'value', type: 'quantitative', title: y, scale: { zero: true } },
      color: { field: 'name', type: 'nominal', title: null },
    },
  };
}
