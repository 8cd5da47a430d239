import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version in package.json, which lies above this folder, and above `dist` where that holds this folder compiled. */
export const version: string = found();

function found(): string {
  for (const above of ['..', '../..']) {
    try {
      const text = readFileSync(join(import.meta.dirname, above, 'package.json'), 'utf8');
      const { name, version: said } = JSON.parse(text) as {
        readonly name?: string;
        readonly version?: string;
      };
      if (name === 'portcullis' && said !== undefined) return said;
    } catch {
      // Looked for one folder higher.
    }
  }
  return 'unknown';
}
