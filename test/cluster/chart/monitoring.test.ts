import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { controllerMetrics, controllersOf } from '../../../controller/metrics.ts';
import { gatewayKind } from '../../../src/kinds/api-gateway.ts';
import { table } from '../../../src/kinds/table.ts';
import { createRegistry } from '../../../src/runtime/metrics.ts';
import { webhookMetrics } from '../../../webhook/metrics.ts';
import { findBinary } from '../../support/cluster/binaries.ts';
import { run } from '../../support/cluster/run.ts';
import { chart, rendered } from './rendered.ts';

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
  readonly panels: readonly {
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly w: number };
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly labels: { readonly severity: string };
      readonly annotations: { readonly summary: string; readonly description: string };
    }[];
  }[];
}

/** Every series that either process shows, with its labels. */
async function seriesShown(): Promise<ReadonlyMap<string, readonly string[]>> {
  const both = [createRegistry({ defaults: true }), createRegistry({ defaults: true })] as const;
  webhookMetrics(both[0], [...table.rows.map(({ kind }) => kind), gatewayKind.kind]);
  controllerMetrics(both[1], controllersOf(table, gatewayKind));
  const shown = new Map<string, readonly string[]>();
  for (const registry of both) {
    const metrics = registry.getMetricsAsArray() as unknown as readonly {
      readonly name: string;
      readonly labelNames: readonly string[];
    }[];
    const labels = new Map(metrics.map(({ name, labelNames }) => [name, labelNames]));
    for (const { name, type } of await registry.getMetricsAsJSON()) {
      const labelNames = labels.get(name) ?? [];
      shown.set(name, labelNames);
      if (String(type) !== 'histogram') continue;
      shown.set(`${name}_bucket`, [...labelNames, 'le']);
      for (const end of ['_sum', '_count']) shown.set(name + end, labelNames);
    }
  }
  return shown;
}

/** What Prometheus adds by itself. */
const added = ['pod', 'namespace', 'job', 'instance'];
const isMetric = /\b(?:[a-z]+_)+[a-z]+\b(?=\s*(?:[{[)]|$| (?:and|or|==|>|<|-)))/g;
const notMetrics = new Set(['histogram_quantile', 'label_values']);

/** The metrics that a query names, and the labels by which it chooses among them or adds them up. */
function namedIn(expr: string): { readonly metrics: readonly string[]; readonly labels: readonly string[] } {
  const plain = expr.replaceAll(/"[^"]*"/g, '""');
  const metrics = [...plain.matchAll(isMetric)].map(([name]) => name).filter((name) => !notMetrics.has(name));
  const chosen = [...plain.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)\s*""/g)].map(([, label = '']) => label);
  const grouped = [...plain.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(/,\s*/),
  );
  return { metrics, labels: [...chosen, ...grouped] };
}

describe('what the chart brings for monitoring', function () {
  // The first run on a machine builds promtool.
  this.timeout(1_200_000);
  let shown: ReadonlyMap<string, readonly string[]>;
  let dashboard: Dashboard;
  let rules: Rules;

  before(async () => {
    shown = await seriesShown();
    dashboard = JSON.parse(await readFile(join(chart, 'files/dashboard.json'), 'utf8')) as Dashboard;
    rules = parse(await readFile(join(chart, 'files/rules.yaml'), 'utf8')) as Rules;
  });

  const expectKnown = (title: string, expr: string) => {
    const { metrics, labels } = namedIn(expr);
    expect(metrics, `${title}: ${expr}`).not.to.deep.equal([]);
    for (const metric of metrics) expect([...shown.keys()], `${title}: ${expr}`).to.include(metric);
    const possible = [...added, ...metrics.flatMap((metric) => shown.get(metric) ?? [])];
    for (const label of labels) expect(possible, `${title}: ${expr}`).to.include(label);
  };

  it('asks for series in its dashboard that the processes show, by labels that these have', () => {
    for (const { title, targets = [] } of dashboard.panels)
      for (const { expr } of targets) expectKnown(title, expr);
    const [, gateways] = dashboard.templating.list;
    expect(shown.get('portcullis_controller_gateway_reachable')).to.include('gateway');
    expect(gateways?.query).to.equal('label_values(portcullis_controller_gateway_reachable, gateway)');
  });

  it('names in a legend only what the query leaves', () => {
    for (const { title, targets = [] } of dashboard.panels)
      for (const { expr, legendFormat } of targets)
        for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
          expect([...namedIn(expr).labels, 'pod'], `${title}: ${legendFormat}`).to.include(label);
  });

  it('alerts by series that the processes show, and says what it means and what to look at', () => {
    for (const { rules: own } of rules.groups)
      for (const { alert, expr, labels, annotations } of own) {
        expectKnown(alert, expr);
        expect(labels.severity).to.be.oneOf(['critical', 'warning', 'info']);
        expect(annotations.summary, alert).to.match(/^[A-Z].*\.$/);
        expect(annotations.description, alert).to.match(/\.$/);
      }
  });

  it('has rules that promtool accepts', async () => {
    const promtool = await findBinary('promtool');
    const { code, stdout, stderr } = await run(promtool, ['check', 'rules', join(chart, 'files/rules.yaml')]);
    expect(code, stdout + stderr).to.equal(0);
    const count = rules.groups.flatMap((group) => group.rules).length;
    expect(stdout).to.contain(`SUCCESS: ${count} rules found`);
  });

  it('hands over rules and dashboard as they are, however they are packed', async () => {
    const objects = await rendered('everything');
    const rule = objects.find(({ kind }) => kind === 'PrometheusRule');
    expect(rule?.spec).to.deep.equal(rules);
    const map = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.endsWith('-dashboard'),
    );
    expect(JSON.parse(map?.data?.['portcullis.json'] ?? '')).to.deep.equal(dashboard);
    expect(map?.metadata.labels).to.include({ grafana_dashboard: '1' });
  });
});
