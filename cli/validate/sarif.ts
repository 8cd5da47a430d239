import { isAbsolute, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Log } from 'sarif';
import { version } from '../version.ts';
import { checkSources } from './check-source.ts';
import type { Line, Result } from './result.ts';

/** SARIF 2.1.0 (OASIS), as code scanning services read it: a rule is a check, a result is a finding at its place. */
export function sarifOf({ judged }: Result): string {
  const rules = Object.entries(checkSources).map(([id, text]) => ({ id, shortDescription: { text } }));
  const ids = rules.map(({ id }) => id);
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'portcullis', version, rules } },
        columnKind: 'utf16CodeUnits',
        results: judged
          .flatMap(({ lines }) => lines)
          .map((line) => ({
            ruleId: line.check,
            ruleIndex: ids.indexOf(line.check),
            level: line.severity,
            message: {
              text: line.resource === undefined ? line.message : `${line.resource} ${line.message}`,
            },
            locations: [locationOf(line)],
          })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function locationOf({ file, line, column }: Line) {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: { startLine: line, startColumn: column },
    },
  };
}

/** Relative where it lies below the working folder: such a report can be shown beside the sources. */
function uriOf(file: string): string {
  const below = relative('.', file);
  if (isAbsolute(below) || below.startsWith('..')) return pathToFileURL(file).href;
  return below.split(sep).map(encodeURIComponent).join('/');
}
