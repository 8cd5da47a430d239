import { uuid7 } from '../ids.ts';
import { Refused } from '../kinds/refusals.ts';
import type { CertificateEntry } from '../store/flat.ts';
import { parseGoJson } from '../wire/go-json.ts';
import type { JsonObject } from '../wire/json.ts';
import { textOf } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import { json, problem, unsortedJson } from '../wire/reply.ts';
import type { Request } from '../wire/request.ts';
import { param } from '../wire/request.ts';
import { decode } from '../wire/shape.ts';
import { parseChain } from './certificate-chain.ts';
import type { Context } from './context.ts';

/** The size of the system's own trust store, which is counted when certificates are reloaded; measured on 1.1.0. */
const systemBundleBytes = 219_597;

/** Trusted certificates. There is no GET of one and no PUT. */
export class Certificates {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  list(): Reply {
    const { store } = this.#context;
    const certificates = store.certificates
      .toReversed()
      .map((entry) => ({ ...told(entry), status: 'success' }));
    return unsortedJson(200, {
      certificates: store.everHeldCertificate ? certificates : null,
      totalCount: certificates.length,
      totalBytes: this.#bytes(),
      status: 'success',
    });
  }

  post(request: Request): Reply {
    const { store, api } = this.#context;
    const { name, pem } = this.#read(request);
    const chain = parseChain(pem);
    if (chain === 'none') return problem(400, 'Invalid certificate: no valid certificates found in PEM data');
    if (chain === 'malformed') return problem(400, 'Invalid certificate: failed to parse certificate');
    if (store.certificates.some((entry) => entry.name === name)) {
      const reason = `configuration already exists: certificate with name '${name}' already exists`;
      return problem(500, `Failed to save certificate${api === 'v1' ? '' : `: ${reason}`}`);
    }
    const entry: CertificateEntry = { id: uuid7(), name, pem, ...chain };
    store.certificates = [...store.certificates, entry];
    store.everHeldCertificate = true;
    const message = 'Certificate uploaded and SDS updated successfully';
    return unsortedJson(201, { ...told(entry), message, status: 'success' });
  }

  reload(): Reply {
    const message = 'Certificates reloaded and SDS updated successfully';
    return json(200, { message, status: 'success', totalBytes: systemBundleBytes + this.#bytes() });
  }

  delete(request: Request): Reply {
    const { store } = this.#context;
    const id = param(request, 'id');
    if (!store.certificates.some((entry) => entry.id === id)) {
      return problem(404, 'Certificate not found or failed to delete: configuration not found');
    }
    store.certificates = store.certificates.filter((entry) => entry.id !== id);
    return json(200, { id, message: 'Certificate deleted and SDS updated successfully', status: 'success' });
  }

  #bytes(): number {
    return this.#context.store.certificates.reduce((sum, { pem }) => sum + Buffer.byteLength(pem), 0);
  }

  /** JSON, whatever the content type says. */
  #read(request: Request): { name: string; pem: string } {
    const body = parse(request.body);
    const [name, pem] = [textOf(body.name), textOf(body.certificate)];
    if (name !== '' && pem !== '') return { name, pem };
    if (this.#context.api === 'v1')
      throw new Refused(problem(400, 'name and certificate are required fields'));
    const missing = [...(name === '' ? ['Name'] : []), ...(pem === '' ? ['Certificate'] : [])].map(
      (field) => {
        const key = `Key: 'UploadCertificateRequest.${field}'`;
        return `${key} Error:Field validation for '${field}' failed on the 'required' tag`;
      },
    );
    throw new Refused(problem(400, `Invalid request body: ${missing.join('\n')}`));
  }
}

function parse(body: string): JsonObject {
  try {
    return decode(parseGoJson(body, 'stream'), { fields: { name: 'string', certificate: 'string' } });
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new Refused(problem(400, `Invalid request body: ${error.message}`));
    throw error;
  }
}

/** In the order of the gateway's own struct; the time has no zone here, unlike in the dump. */
function told({ id, name, subject, issuer, notAfter, count }: CertificateEntry): JsonObject {
  return {
    id,
    name,
    subject,
    issuer,
    notAfter: notAfter.toISOString().slice(0, 19).replace('T', ' '),
    count,
  };
}
