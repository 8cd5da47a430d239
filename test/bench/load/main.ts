/** Sends reviews over a number of connections as fast as they are answered, and prints what it measured as JSON. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { whole } from '../../support/whole.ts';
import { quantile } from '../statistics.ts';
import { Connection, posted } from './connection.ts';

const program = new Command('load')
  .description('Sends prepared bodies over keep-alive HTTPS and prints throughput and latencies.')
  .requiredOption('--url <url>', 'where to')
  .requiredOption('--bodies <file>', 'a JSON list of bodies, sent in turn')
  .option('--connections <count>', 'at the same time, one request each', whole, 1)
  .option('--count <count>', 'requests in all', whole, 1000)
  .addHelpText(
    'after',
    `
Example:
  npx node test/bench/load/main.ts --url https://127.0.0.1:9443/validate --bodies reviews.json --connections 16`,
  )
  .parse();

const flags = program.opts<{
  readonly url: string;
  readonly bodies: string;
  readonly connections: number;
  readonly count: number;
}>();

const url = new URL(flags.url);
const bodies = (JSON.parse(readFileSync(flags.bodies, 'utf8')) as readonly unknown[]).map((body) =>
  posted(url, Buffer.from(JSON.stringify(body))),
);
const connections = await Promise.all(Array.from({ length: flags.connections }, () => Connection.open(url)));
const tookMs: number[] = [];
let sent = 0;
let refused = 0;

const begun = performance.now();
await Promise.all(
  connections.map(async (connection) => {
    while (sent < flags.count) {
      const body = bodies[sent % bodies.length]!;
      sent += 1;
      const asked = performance.now();
      const answer = await connection.ask(body);
      tookMs.push(performance.now() - asked);
      if (!answer.includes('"allowed":true')) refused += 1;
    }
  }),
);
const seconds = (performance.now() - begun) / 1000;
for (const connection of connections) connection.close();

console.log(
  JSON.stringify({
    seconds,
    count: tookMs.length,
    refused,
    p50Ms: quantile(tookMs, 0.5),
    p99Ms: quantile(tookMs, 0.99),
  }),
);
