import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { controllerSettings } from '../../../controller/settings.ts';
import { formats } from '../../../crds/chart-formats.ts';
import { withValues } from '../../../crds/chart-readme.ts';
import { valuesSchema } from '../../../crds/chart-schema.ts';
import { chartValues } from '../../../crds/chart-values.ts';
import { processSettings } from '../../../src/runtime/process-settings.ts';
import type { Setting } from '../../../src/runtime/setting.ts';
import { webhookSettings } from '../../../webhook/settings.ts';
import { root } from '../../support/root.ts';

/** Values of the chart that are handed to a setting as they are. */
const handedOver: Readonly<Record<string, Setting<unknown>>> = {
  logLevel: processSettings.logLevel,
  reach: processSettings.reach,
  maxRemovals: processSettings.maxRemovalPercent,
  'metrics.access': processSettings.metricsAccess,
  'certificates.mode': webhookSettings.certificates,
  'certificates.minTls': webhookSettings.minTls,
  'certificates.caLife': webhookSettings.authorityLifeMs,
  'certificates.life': webhookSettings.leafLifeMs,
  'certificates.caSettle': webhookSettings.certificateSettleMs,
  'certificates.vault.mount': webhookSettings.vaultMount,
  'certificates.vault.key': webhookSettings.vaultKey,
  'certificates.vault.login.method': webhookSettings.vaultLogin,
  clusterDomain: webhookSettings.clusterDomain,
  'webhook.port': webhookSettings.port,
  'webhook.probePort': webhookSettings.probePort,
  'webhook.enforcement': webhookSettings.enforcement,
  'webhook.inlineSecrets': webhookSettings.inlineSecrets,
  'webhook.maxInFlight': webhookSettings.maxInFlight,
  'webhook.drain': webhookSettings.drainMs,
  'controller.probePort': controllerSettings.probePort,
  'controller.shards': controllerSettings.shards,
  'controller.leaseSeconds': controllerSettings.leaseSeconds,
  'controller.driftIntervalSeconds': controllerSettings.driftIntervalSeconds,
  'controller.besidePlatformOperator': controllerSettings.besidePlatformOperator,
  'controller.defaultCredentials': controllerSettings.defaultCredentials,
};

interface Format {
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const values = chartValues(await readFile(join(root, 'charts/portcullis/values.yaml'), 'utf8'));
const defaultOf = (path: string) => values.find((value) => value.path.join('.') === path)?.default;

describe('the values of the chart', () => {
  for (const [path, setting] of Object.entries(handedOver)) {
    it(`have the default of ${setting.env} as ${path}`, () => {
      const { fallback } = setting;
      expect(fallback && setting.show(fallback.value)).to.equal(String(defaultOf(path)));
    });
  }

  for (const [path, setting] of Object.entries(handedOver)) {
    const format = (formats[path] ?? {}) as Format;
    const { enum: words, minimum, maximum } = format;
    if (words !== undefined)
      it(`take for ${path} the words that ${setting.env} takes`, () => {
        expect(setting.wanted).to.equal(`one of ${words.join(', ')}`);
      });
    if (minimum !== undefined && maximum !== undefined)
      it(`take for ${path} no number that ${setting.env} refuses`, () => {
        for (const bound of [minimum, maximum]) expect(setting.parse(String(bound))).to.equal(bound);
      });
  }

  it('each say what they are for', () => {
    for (const { path, description } of values) expect(description, path.join('.')).to.match(/^[A-Z].*\.$/);
  });

  it('are refused where one has no comment', () => {
    expect(() => chartValues('# -- Said.\na: 1\nb: 2\n')).to.throw(
      'b has no comment that says what it is for',
    );
  });

  it('are refused where nobody knows what one looks like', () => {
    const unknown = [{ path: ['what'], description: 'A list.', default: [] }];
    expect(() => valuesSchema(unknown)).to.throw('does not say what what looks like');
  });

  it('fill the table between the marks of a README and leave the rest', () => {
    const begin = '<!-- values: generated from values.yaml by `npm run generate` -->';
    const filled = withValues(`before\n${begin}\nold\n<!-- end of values -->\nafter\n`, [
      { path: ['a', 'b'], description: 'This | that.', default: { c: [1] } },
    ]);
    expect(filled).to.equal(
      `before\n${begin}\n| value | what it does | default |\n|---|---|---|\n| \`a.b\` | This \\| that. | \`{"c":[1]}\` |\n<!-- end of values -->\nafter\n`,
    );
  });
});
