import { table } from '../../src/kinds/table.ts';
import { group } from '../../src/model/generation.ts';
import { Exit, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { documentsIn, type ManifestDocument } from '../manifests/documents.ts';
import type { Source } from '../manifests/read-files.ts';
import type { Manifest } from './judge.ts';
import { describe } from './openapi/describe.ts';
import { faultsOf, pointerOf, type DocumentFault } from './openapi/faults.ts';
import { loadDocument } from './openapi/load.ts';

export interface ManifestOptions {
  readonly name: string;
  readonly namespace: string;
  readonly fromFile: string;
  readonly upstream?: string;
  readonly contextPath?: string;
  readonly version?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The resource that a description in OpenAPI stands for. What of it could not be kept is told.
 *
 * @throws Exit when the description is not valid; every fault has been told then, with its pointer
 */
export async function manifestFrom(options: ManifestOptions, io: Io): Promise<Manifest> {
  const source = await loadDocument(options.fromFile, io);
  const document = onlyDocument(source, io);
  const refuse = (faults: readonly DocumentFault[]): never => {
    for (const fault of faults) {
      const { line, column } = document.at(fault.steps);
      io.err(`${source.file}:${line}:${column}: error: ${pointerOf(fault)}: ${fault.fault}\n`);
    }
    throw new Exit(
      exitCode.failed,
      `${source.file} can not be made an API: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`,
    );
  };
  const wrong = faultsOf(document.value);
  if (wrong.length > 0) return refuse(wrong);
  const { name, namespace, labels, upstream, version } = options;
  const base = /^https?:/i.test(source.file) ? source.file : undefined;
  const described = describe(document.value, { name, upstream, version, context: options.contextPath, base });
  if (described.faults !== undefined) return refuse(described.faults);
  const row = table.rows.find((one) => one.fromOpenApi !== undefined);
  const made = row?.fromOpenApi?.(described.api);
  if (row === undefined || made === undefined) throw new Error('no kind is made of OpenAPI');
  for (const note of [...described.notes, ...made.notes]) io.err(`note: ${note}\n`);
  const labelled = Object.keys(labels).length === 0 ? {} : { labels };
  return {
    apiVersion: `${group}/v1`,
    kind: row.kind,
    metadata: { name, namespace, ...labelled },
    spec: made.spec,
  };
}

function onlyDocument(source: Source, io: Io): ManifestDocument {
  const { documents, troubles } = documentsIn(source, { reads: 'as YAML 1.2' });
  for (const { file, line, column, message } of troubles)
    io.err(`${file}:${line}:${column}: error: ${message}\n`);
  const [document] = documents;
  if (troubles.length > 0 || document === undefined)
    throw new Exit(exitCode.failed, `${source.file} holds no description in OpenAPI`);
  return document;
}
