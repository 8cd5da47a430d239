/**
 * What a webhook with the same libraries costs that knows our schema and nothing else.
 * Arguments: port, certificate, key (files). Any GET answers 200.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { Ajv } from 'ajv';
import ajvFormats from 'ajv-formats';
import express from 'express';
import { restApi } from '../../../src/kinds/rest-api.ts';

const [port = '0', cert = '', key = ''] = process.argv.slice(2);

const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
ajvFormats.default(ajv, ['date-time']);
const isValid = ajv.compile(restApi.schema);

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(express.json({ limit: 7 * 1024 * 1024, type: () => true, strict: false }));
app.post('/validate{/*rest}', (request, response) => {
  const { uid, object } = (request.body as { readonly request: Asked }).request;
  response.json({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, allowed: isValid(object.spec) },
  });
});
app.get('/', (_request, response) => {
  response.json({});
});

interface Asked {
  readonly uid: string;
  readonly object: { readonly spec: unknown };
}

const tls = { cert: readFileSync(cert), key: readFileSync(key) };
const server = createServer({ ...tls, minVersion: 'TLSv1.3', keepAlive: true }, app);
server.keepAliveTimeout = 120_000;
server.listen(Number(port), '127.0.0.1');
// In good order, so that a profile is written.
process.on('SIGTERM', () => process.exit());
