import { expect } from 'chai';
import { picture } from '../../bench/report/picture.ts';
import { replaced, report } from '../../bench/report/report.ts';
import { countedWrites } from '../../bench/writes.ts';

const curve = {
  name: 'growth',
  title: 'Time per resource',
  x: 'resources',
  y: 'ms',
  series: { ours: [[100, 10] as const, [1000, 11] as const], floor: [[100, 8] as const] },
};

const part = {
  at: '2026-01-01T00:00:00.000Z',
  seconds: 12,
  figures: [{ name: 'took', value: 2, unit: 's', rounds: [1, 2, 3] }],
  bars: [
    { name: 'fast', measured: 1.2, is: 'at most' as const, bar: 1.5, about: 'ours / floor' },
    { name: 'small', measured: 1.2, is: 'at most' as const, bar: 1, about: 'ours / the bar' },
  ],
  curves: [curve],
};

describe('the report of the bench', () => {
  it('has a row for each bar, a picture for each curve and a row for each figure', () => {
    const text = report({ machine: { cores: 2 }, parts: { one: part } });
    expect(text).to.contain('| `fast` | ours / floor | 1.2 | at most 1.5 | met |');
    expect(text).to.contain('| `small` | ours / the bar | 1.2 | at most 1 | **short** |');
    expect(text).to.contain('![Time per resource](performance/growth.svg)');
    expect(text).to.contain('| `took` | 2 s | 1 · 2 · 3 |');
  });

  it('says which part did not come to its end', () => {
    const text = report({ machine: {}, parts: { one: { ...part, problem: 'no cluster' } } });
    expect(text).to.contain('`one` did not come to its end: no cluster');
  });

  it('replaces what stands between the marks of the page, and nothing else', () => {
    const page = `before\n${replaced(marks, 'old').trim()}\nafter\n`;
    expect(replaced(page, 'new')).to.equal(page.replace('old', 'new'));
    expect(() => replaced('a page without marks', 'new')).to.throw('has to hold');
  });

  it('draws every series', async () => {
    const svg = await picture(curve);
    expect(svg)
      .to.match(/^<svg/)
      .and.to.contain('Time per resource')
      .and.to.contain('ours')
      .and.to.contain('floor');
  });
});

const marks =
  '<!-- measured: npm run bench:report writes what stands between these marks -->\n<!-- /measured -->\n';

describe('the writes that the API server counts', () => {
  const line = (labels: string, count: number) => `apiserver_request_total{${labels}} ${count}`;
  const ours = 'group="gateway.api-platform.wso2.com"';
  const at = (verb: string, code: string, more = ours, dryRun = '') =>
    `code="${code}",component="apiserver",dry_run="${dryRun}",${more},resource="restapis",verb="${verb}"`;

  it('are those of our group that succeeded and were stored', () => {
    const exposition = [
      '# TYPE apiserver_request_total counter',
      line(at('POST', '201'), 5),
      line(at('APPLY', '200'), 4),
      line(at('PATCH', '200'), 1),
      line(at('GET', '200'), 100),
      line(at('APPLY', '409'), 50),
      line(at('POST', '201', ours, 'All'), 30),
      line(at('POST', '201', 'group="coordination.k8s.io"'), 70),
    ].join('\n');
    expect(countedWrites(exposition)).to.equal(10);
  });
});
