/**
 * A program for Pods, told what to do by its environment and by requests: what it sees of its Pod is what it answers.
 * `/exit` ends it with 7, `/sick` makes it unready; a Job's run ends by itself, with EXIT_CODE.
 */
export const program = `
const { createServer } = require('node:http');
const { readFileSync, writeFileSync } = require('node:fs');
const tryTo = (what) => { try { return what(); } catch (error) { return error.code; } };
if (process.env.EXIT_CODE !== undefined) process.exit(Number(process.env.EXIT_CODE));
let isSick = false;
const answers = {
  '/who': () => require('node:os').hostname(),
  '/me': () => ({
    uid: process.getuid(), gid: process.getgid(), groups: process.getgroups(), pid: process.pid, cwd: process.cwd(),
    argv: process.argv.slice(2), env: process.env,
    capabilities: /CapEff:\\s*(\\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1],
    writesRoot: tryTo(() => writeFileSync('/x', '')) ?? 'yes',
    writesScratch: tryTo(() => writeFileSync('/scratch/x', '')) ?? 'yes',
    writesApp: tryTo(() => writeFileSync('/app/x', '')) ?? 'yes',
    seesHost: tryTo(() => readFileSync('/root/.profile', 'utf8')),
  }),
  '/file': (url) => tryTo(() => readFileSync(url.searchParams.get('path'), 'utf8')),
  '/fetch': async (url) => await fetch(url.searchParams.get('url')).then((answer) => answer.text(), (error) => String(error.cause)),
  '/ready': () => { if (isSick) throw new Error('sick'); return 'ready'; },
  '/sick': () => { isSick = true; return 'sick'; },
  '/exit': () => { setTimeout(() => process.exit(7), 50); return 'bye'; },
};
const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://here');
  try {
    const answer = await answers[url.pathname](url);
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  } catch (error) { response.writeHead(503).end(String(error)); }
});
server.listen(8080, process.env.POD_IP, () => console.log('listening on ' + process.env.POD_IP));
process.on('SIGTERM', () => { console.log('told to go'); setTimeout(() => process.exit(0), Number(process.env.LINGER ?? 0)); });
`;
