// What `helm test` runs: both processes are ready, and the webhook answers with a certificate for its Service.
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';

const { WEBHOOK_READY, CONTROLLER_READY, WEBHOOK_HOST, WEBHOOK_PORT, CA_FILE } = process.env;

async function ready(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
  console.log(`${url} is ready`);
}

function serves(host, port, ca) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const socket = connect({ host, port, servername: host, ca, rejectUnauthorized: ca !== undefined });
  socket.setTimeout(10_000, () => socket.destroy(new Error(`${host}:${port} does not answer`)));
  socket.once('error', reject);
  socket.once('secureConnect', () => {
    console.log(`${host}:${port} speaks ${socket.getProtocol()}, with a certificate to ${socket.getPeerCertificate().valid_to}`);
    socket.end();
    resolve();
  });
  return promise;
}

await ready(WEBHOOK_READY);
await ready(CONTROLLER_READY);
await serves(WEBHOOK_HOST, Number(WEBHOOK_PORT), CA_FILE === undefined ? undefined : readFileSync(CA_FILE));
console.log('Portcullis works.');
