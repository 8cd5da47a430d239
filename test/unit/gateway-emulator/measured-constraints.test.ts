import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Gateway } from '../../support/gateway/emulator.ts';
import { startGateway } from '../../support/gateway/emulator.ts';
import type { Json } from '../../support/gateway/wire/json.ts';
import type { Kind } from './documents.ts';
import { needShared, sharedFile } from './shared-facts.ts';
import type { Change } from './violating.ts';
import { makeProviders, post, providers } from './violating.ts';

interface Row extends Change {
  readonly sent: string;
  readonly measured: { readonly 'v0.9': number | undefined; readonly v1: number | undefined };
}

describe('the emulated gateway against every measured constraint of the kinds in envelopes', () => {
  for (const api of ['v0.9', 'v1'] as const) {
    it(`decides as the real ${api} does`, async function () {
      this.timeout(60_000);
      needShared(this);
      const rows = readFileSync(sharedFile('facts', 'GATEWAY-DETAIL.md'), 'utf8').split('\n').flatMap(rowOf);
      expect(rows).to.have.lengthOf(425);
      const gateway: Gateway = await startGateway({ api, pollIntervalMs: 0 });
      await makeProviders(gateway);
      const wrong: string[] = [];
      for (const row of rows) {
        const expected = row.measured[api];
        if (expected === undefined) continue;
        const status = await post(gateway, row);
        if (status !== expected)
          wrong.push(`${row.kind} ${row.field} ${row.sent}: ${expected}, not ${status}`);
      }
      await gateway.stop();
      expect(wrong).to.deep.equal([]);
    });
  }
});

const kinds = ['RestApi', 'WebSubApi', 'Mcp', 'LlmProviderTemplate', 'LlmProvider', 'LlmProxy', 'Secret'];

/** A line of the table: kind, field, what was sent, the document's verdict, and the two statuses. */
function rowOf(line: string): readonly Row[] {
  const cells = /^\| (\w+) \| ([^|]+) \| (.*) \| [^|]+ \| (\d{3}|–)[^|]* \| (\d{3}|–)[^|]* \|$/.exec(line);
  const [, kind = '', field = '', sent = '', older, newer] = cells ?? [];
  if (!kinds.includes(kind)) return [];
  const measured = { 'v0.9': numberOf(older), v1: numberOf(newer) };
  if (field === 'policies+globalPolicies') {
    // The cell has no value. Each of the two lists alone would be valid.
    return [{ kind: kind as Kind, field, sent, value: [{ name: 'respond', version: 'v1' }], measured }];
  }
  return [{ kind: kind as Kind, field, sent, value: valueOf(kind, field, sent), measured }];
}

function numberOf(cell: string | undefined): number | undefined {
  return cell === undefined || cell === '–' ? undefined : Number(cell);
}

function valueOf(kind: string, field: string, sent: string): Json | undefined {
  if (sent === '(absent)') return undefined;
  const length = /^string of (\d+)$/.exec(sent)?.[1];
  if (length !== undefined) return textOf(kind, field, Number(length));
  const text = sent
    .replace(/^`|`$/g, '')
    .replace(/: OK\b/g, ': {"request": {"headers": [{"name": "x", "value": "1"}]}}')
    .replace(/\bU\b(?=[\],])/g, '{"url": "http://h"}')
    .replace(/"(.)…×(\d+)"/g, (_, letter: string, count: string) =>
      JSON.stringify(letter.repeat(Number(count))),
    )
    .replace(/"(same|und)"/g, JSON.stringify(providers[1]));
  return JSON.parse(text) as Json;
}

/** The Secret of 5 121 characters that the document allows and the gateway refuses: each takes two bytes. */
function textOf(kind: string, field: string, length: number): string {
  if (kind === 'Secret' && field === 'value' && length < 10_000) return 'é'.repeat(length);
  const start = field.endsWith('context') || field.endsWith('path') ? '/' : '';
  return start + 'x'.repeat(length - start.length);
}
