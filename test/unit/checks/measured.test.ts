import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Generation } from '../../../src/model/generation.ts';
import { PolicyLibrary } from '../../../src/policies/library.ts';
import { root } from '../../support/root.ts';
import { minimal, specWith, type KindName } from '../../support/manifests.ts';
import { realDefinitions } from '../policies/facts.ts';
import { denials, gateway, resource } from './world.ts';

const facts = `${root}../shared/facts/GATEWAY-DETAIL.md`;

const unreadable = Symbol('unreadable');

/** A value of a spec and what a gateway of each generation answered to it. */
interface Measured {
  readonly kind: KindName;
  readonly field: string;
  readonly sent: string;
  readonly value: unknown;
  readonly answers: Readonly<Record<Generation, number | undefined>>;
}

/** Where our verdict differs from the gateway's on purpose: a closed list, each with its reason. */
const exceptions: readonly {
  readonly row: RegExp;
  readonly generation?: Generation;
  readonly reason: string;
}[] = [
  {
    row: /^LlmProvider upstream\.ref/,
    generation: 'v0.9',
    reason: 'taken, and dropped in silence: we say so',
  },
];

describe('what real gateways were measured to refuse', function () {
  if (!existsSync(facts)) {
    process.stderr.write(
      `SKIPPED, loudly: ${facts} is not on this machine, so nothing can be compared with the measurements\n`,
    );
    it.skip('is compared with our verdicts (the facts are not on this machine)');
    return;
  }
  const definitions = realDefinitions();
  if (definitions === undefined) {
    it.skip('is compared with our verdicts (the definitions are not on this machine)');
    return;
  }
  const policies = { 'gateways/one': new PolicyLibrary(definitions) };
  const rows = measurements(readFileSync(facts, 'utf8'));

  it('is read in full', () => expect(rows.length).to.be.greaterThan(250));

  for (const row of rows) {
    for (const generation of ['v0.9', 'v1'] as const) {
      const status = row.answers[generation];
      if (status === undefined) continue;
      const name = `${row.kind} ${row.field} ${row.sent}`;
      if (
        exceptions.some(
          (exception) => exception.row.test(name) && (exception.generation ?? generation) === generation,
        )
      )
        continue;
      const verb = status < 300 ? 'admits' : 'refuses';
      it(`${verb} for ${generation}: ${name.slice(0, 150)}`, () => {
        const spec = specFor(row);
        // What a gateway refuses as absent is a reference of ours, refused to a person and told to a tool.
        const enforcement = status < 300 ? 'Warn' : 'Deny';
        const said = denials(resource(row.kind, 'under-test', spec), {
          gateways: [gateway('one', { generation })],
          enforcement,
          policies,
        });
        if (status < 300) expect(said).to.deep.equal([]);
        else expect(said, `the gateway answers ${status}`).not.to.deep.equal([]);
      });
    }
  }
});

function specFor({ kind, field, sent, value }: Measured): unknown {
  if (field === 'policies+globalPolicies') return { ...specWith(kind, 'policies', []), globalPolicies: [] };
  // The one text whose characters are of two bytes: the limit of 10 240 is one of bytes.
  if (kind === 'Secret' && sent === 'string of 5121') return specWith(kind, field, 'é'.repeat(5121));
  if (field === 'context+vhost') return specWith(kind, 'context', undefined);
  return specWith(kind, field, value);
}

function measurements(text: string): readonly Measured[] {
  return [
    ...text.matchAll(/^\| (\w+) \| ([^|]+) \| (.+) \| [^|]+\/[^|]+ \| ([^|]+) \| ([^|]+) \|$/gm),
  ].flatMap((match) => {
    const [, kind = '', field = '', sent = '', old = '', current = ''] = match;
    if (!(kind in minimal) || /^(metadata|kind|apiVersion|spec)\b/.test(field)) return [];
    const value = valueOf(sent);
    if (value === unreadable) return [];
    const status = (text: string) => (/^\d+/.test(text) ? Number.parseInt(text, 10) : undefined);
    return [
      {
        kind: kind as KindName,
        field: field.trim(),
        sent,
        value,
        answers: { 'v0.9': status(old), v1: status(current) },
      },
    ];
  });
}

function valueOf(sent: string): unknown {
  if (sent === '(absent)') return undefined;
  const repeated = /^string of (\d+)$/.exec(sent);
  if (repeated) return '/'.padEnd(Number(repeated[1]), 'x');
  const json = /^`(.*)`$/.exec(sent)?.[1];
  if (json === undefined) return unreadable;
  const params = '{"request":{"headers":[{"name":"x","value":"1"}]}}';
  try {
    return JSON.parse(
      json
        .replaceAll(/\bOK\b/g, params)
        .replaceAll(/\bU\b/g, '{"url":"http://h"}')
        .replace('x…×101', 'x'.repeat(101)),
    );
  } catch {
    return unreadable;
  }
}
