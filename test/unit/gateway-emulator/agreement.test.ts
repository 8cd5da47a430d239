import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { Gateway } from '../../support/gateway/emulator.ts';
import { startGateway } from '../../support/gateway/emulator.ts';
import { needShared, sharedFile } from './shared-facts.ts';

const run = promisify(execFile);

/** Names that the probe gives to what it makes, and names of what is absent. */
const words =
  'r1 r2 r3 r4 r5 r6 r7 r8 r1s zz absent w1 big tpl1 tpl2 zzz p0 p1 p2 p3 p4 p5 pm pm9 prr1 x0 x1 x2 x3 m1 m2 m3 mm mm9 ' +
  'bad bad2 s1 s2 s9 psec psec2 sec-api nosuch nope key-one key-two key-three key-exp cert1 cert2 Gold Silver';
const names = words.split(' ');

for (const api of ['v0.9', 'v1'] as const) {
  describe(`the emulated gateway against the calls recorded from the real ${api}`, function () {
    this.timeout(60_000);
    let gateway: Gateway;
    let port: number;
    let folder: string;

    before(async function () {
      needShared(this, 'python3', 'openssl');
      folder = await mkdtemp(join(tmpdir(), 'gateway-agreement-'));
      port = await freePort();
      // The calls were recorded within one interval of the poll; here they may take longer.
      gateway = await startGateway({ api, port, pollIntervalMs: 60_000 });
    });

    after(async () => {
      await (gateway as Gateway | undefined)?.stop();
      if ((folder as string | undefined) !== undefined) await rm(folder, { recursive: true });
    });

    it('answers all of them alike', async () => {
      expect(await disagreements(await probe())).to.deep.equal([]);
    });

    it('answers all of them alike once more after a restart with nothing', async () => {
      gateway.restartEmpty();
      expect(await disagreements(await probe())).to.deep.equal([]);
    });

    it('answers them alike under other names', async () => {
      gateway.restartEmpty();
      const answers = await readFile(await probe((script) => rotated(script, names)), 'utf8');
      const file = join(folder, 'named-back.md');
      await writeFile(file, rotated(answers, names.map(rot13)));
      expect(answers).to.include("RestAPI with handle 'nofrag' not found");
      expect(await disagreements(file)).to.deep.equal([]);
    });

    async function probe(change = (script: string): string => script): Promise<string> {
      const script = join(folder, 'probe.py');
      await writeFile(script, change(await readFile(sharedFile('tools', 'gateway-probe.py'), 'utf8')));
      const answers = join(folder, 'answers.md');
      await run('python3', [script, String(port), api, answers]);
      return answers;
    }

    async function disagreements(answers: string): Promise<readonly string[]> {
      const tool = sharedFile('tools', 'gateway-agreement.py');
      const recorded = sharedFile('facts', `gateway-calls-${api}.md`);
      const output = await run('python3', [tool, recorded, answers]).catch(
        (error: unknown) => error as { stdout: string },
      );
      const lines = output.stdout.trim().split('\n');
      expect(lines.at(-1)).to.match(/^\d+ of 289 calls agree$/);
      return lines.slice(0, -1);
    }
  });
}

/** The text with each of these words rotated; recorded answers are cut off, so other names must be as long. */
function rotated(text: string, words: readonly string[]): string {
  const longestFirst = [...words].sort((one, other) => other.length - one.length);
  return text.replace(new RegExp(`(?<![\\w-])(${longestFirst.join('|')})(?!\\w|-(?!key-))`, 'g'), rot13);
}

function rot13(word: string): string {
  return word.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}

/** A port whose second successor is free too. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}
