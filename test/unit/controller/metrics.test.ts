import { expect } from 'chai';
import type { Outcome } from '../../../controller/binding/outcome.ts';
import { resultOf } from '../../../controller/gateway/part-metrics.ts';
import { codeClass, controllerMetrics, controllersOf, forgetGateway } from '../../../controller/metrics.ts';
import { QueueMeter } from '../../../controller/queue-meter.ts';
import { WorkQueue } from '../../../controller/queue.ts';
import { gatewayKind } from '../../../src/kinds/api-gateway.ts';
import { table } from '../../../src/kinds/table.ts';
import { createRegistry } from '../../../src/runtime/metrics.ts';
import { parseExposition, valueOf } from '../../support/exposition.ts';
import { metricsListed, metricsShown } from '../../support/metrics-page.ts';
import { ManualClock, settled } from '../manual-clock.ts';

const controllers = controllersOf(table, gatewayKind);

describe('the metrics of the controller', () => {
  it('are those that the document lists, with their types, labels and meanings', async () => {
    const registry = createRegistry();
    controllerMetrics(registry, controllers);
    const listed = (await metricsListed()).filter((line) => !line.includes('`portcullis_admission_'));
    expect(listed).to.deep.equal(await metricsShown(registry));
  });

  it('are named as dashboards for controllers expect, for every kind from the start', async () => {
    const registry = createRegistry();
    controllerMetrics(registry, controllers);
    const families = parseExposition(await registry.metrics());
    for (const controller of ['restapi', 'apigateway']) {
      const series = (name: string) =>
        families.get(name)?.series.filter(({ labels }) => labels.controller === controller) ?? [];
      expect(series('controller_runtime_reconcile_total').map(({ labels }) => labels.result)).to.deep.equal([
        'success',
        'error',
        'requeue',
        'requeue_after',
      ]);
      for (const name of ['workqueue_depth', 'workqueue_adds_total', 'workqueue_retries_total'])
        expect(
          series(name).map(({ labels }) => labels.name),
          name,
        ).to.deep.equal([controller]);
    }
  });

  it('say nothing more of a gateway that is gone', async () => {
    const registry = createRegistry();
    const metrics = controllerMetrics(registry, controllers);
    const gateway = 'shop/main';
    for (const one of [metrics.reachable, metrics.notLive, metrics.lag, metrics.queue, metrics.removalsHeld])
      one.set({ gateway }, 1);
    metrics.bindings.set({ gateway, state: 'refused' }, 1);
    metrics.inactive.set({ gateway, mode: 'Paused' }, 1);
    metrics.unclaimed.set({ gateway, sort: 'orphaned' }, 1);
    metrics.requestSeconds.observe({ gateway, method: 'PUT', code: '5xx' }, 1);
    forgetGateway(metrics, gateway);
    expect(await registry.metrics()).not.to.contain(gateway);
  });

  it('put status codes into classes, and no answer into one of its own', () => {
    expect([200, 204, 302, 404, 503, undefined].map(codeClass)).to.deep.equal([
      '2xx',
      '2xx',
      '3xx',
      '4xx',
      '5xx',
      'none',
    ]);
  });
});

describe('an attempt, in the words of controller-runtime', () => {
  const standing = undefined;
  const message = '';
  const failing: Outcome = { is: 'failing', reason: 'Unavailable', message, retryAfterMs: 1, standing };
  const refused: Outcome = { is: 'refused', reason: 'Refused', message, standing };
  const byTime: Outcome = { is: 'waiting', reason: 'ValueNotFound', message, wokenBy: 'time', standing };
  const byEvent: Outcome = { is: 'waiting', reason: 'Paused', message, wokenBy: 'event', standing };
  const gone: Outcome = { is: 'gone', orphaned: false };
  const cases = [
    { says: 'is an error where it failed', outcome: failing, again: 1000, result: 'error' },
    {
      says: 'is an error where an event ends the failure',
      outcome: failing,
      again: undefined,
      result: 'error',
    },
    { says: 'comes again soon where something is missing', outcome: byTime, again: 1000, result: 'requeue' },
    {
      says: 'comes again at its time where it was refused',
      outcome: refused,
      again: 1,
      result: 'requeue_after',
    },
    {
      says: 'comes again where it was too early',
      outcome: { is: 'postponed', ms: 5 } as const,
      again: 5,
      result: 'requeue_after',
    },
    { says: 'is a success where an event will tell', outcome: byEvent, again: undefined, result: 'success' },
    {
      says: 'is a success where there was nothing to do',
      outcome: undefined,
      again: undefined,
      result: 'success',
    },
    { says: 'is a success where it is done', outcome: gone, again: undefined, result: 'success' },
  ] as const;
  for (const { says, outcome, again, result } of cases)
    it(says, () => expect(resultOf(outcome, again)).to.equal(result));
});

describe('a work queue, in the words of client-go', () => {
  it('tells what waits, what is worked at, for how long, and what comes again', async () => {
    const clock = new ManualClock();
    const registry = createRegistry();
    const { runtime } = controllerMetrics(registry, ['restapi', 'mcp']);
    const controllerOf = (key: string) => key.split('/')[0] ?? '';
    const meter = new QueueMeter({ clock, metrics: runtime, controllerOf });
    runtime.queues.set('a gateway', { meter, workers: 1, serves: () => true });
    const queue = new WorkQueue({ clock, watch: meter });
    const ends: (() => void)[] = [];
    const stop = new AbortController();
    const tell = async (name: string, controller: string) =>
      valueOf(parseExposition(await registry.metrics()), name, { controller });

    queue.add('restapi/a');
    queue.add('restapi/a', 'background');
    queue.add('mcp/b');
    expect(await tell('workqueue_adds_total', 'restapi')).to.equal(1);
    expect(await tell('workqueue_depth', 'restapi')).to.equal(1);

    await clock.advance(2000);
    const running = queue.run(1, () => new Promise<void>((resolve) => ends.push(resolve)), stop.signal);
    await settled();
    await clock.advance(3000);
    queue.add('restapi/a');
    expect(await tell('workqueue_depth', 'restapi')).to.equal(1);
    expect(await tell('workqueue_adds_total', 'restapi')).to.equal(2);
    expect(await tell('controller_runtime_active_workers', 'restapi')).to.equal(1);
    expect(await tell('controller_runtime_active_workers', 'mcp')).to.equal(0);
    expect(await tell('controller_runtime_max_concurrent_reconciles', 'mcp')).to.equal(1);
    expect(await tell('workqueue_unfinished_work_seconds', 'restapi')).to.equal(3);
    expect(await tell('workqueue_longest_running_processor_seconds', 'restapi')).to.equal(3);
    expect(await tell('workqueue_queue_duration_seconds_sum', 'restapi')).to.equal(2);

    ends.shift()?.();
    await settled();
    expect(await tell('workqueue_work_duration_seconds_sum', 'restapi')).to.equal(3);
    queue.addAfter('mcp/c', 1000);
    expect(await tell('workqueue_retries_total', 'mcp')).to.equal(1);

    stop.abort();
    for (let end = ends.shift(); end !== undefined; end = ends.shift()) {
      end();
      await settled();
    }
    await running;
    expect(await tell('controller_runtime_active_workers', 'mcp')).to.equal(0);
  });
});
