import { expect } from 'chai';
import { createRegistry } from '../../../src/runtime/metrics.ts';
import { webhookMetrics } from '../../../webhook/metrics.ts';
import { metricsListed, metricsShown } from '../../support/metrics-page.ts';

describe('the metrics of the webhook', () => {
  it('are those that the document lists, with their types, labels and meanings', async () => {
    const registry = createRegistry();
    webhookMetrics(registry, ['RestApi']);
    const listed = (await metricsListed()).filter((line) => line.includes('`portcullis_admission_'));
    expect(listed).to.deep.equal(await metricsShown(registry));
  });
});
