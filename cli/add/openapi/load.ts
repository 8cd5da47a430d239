import { fetch } from 'undici';
import type { Io } from '../../io.ts';
import { Exit, exitCode } from '../../exit-code.ts';
import { readFiles, type Source } from '../../manifests/read-files.ts';

/** No document that people write comes near it; GitHub's own description of its API has 12 MiB. */
const maxBytes = 16 * 1024 * 1024;
const timeoutMs = 20_000;
const mostRedirects = 5;

/** A file, standard input (-), or what an http or https URL answers. */
export async function loadDocument(from: string, io: Io): Promise<Source> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(from))
    return { file: from, text: await download(new URL(from), io), isNamed: true };
  const { sources, troubles } = await readFiles([from], io);
  const [trouble] = troubles;
  if (trouble !== undefined) throw new Exit(exitCode.failed, `${trouble.file} ${trouble.message}`);
  const [source] = sources;
  if (source === undefined || sources.length > 1)
    throw new Exit(exitCode.failed, `${from} is a folder; name one document of it`);
  return source;
}

async function download(url: URL, io: Io): Promise<string> {
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(timeoutMs)]);
  let at = url;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    if (!['http:', 'https:'].includes(at.protocol))
      throw new Exit(exitCode.failed, `${at.protocol}// is not read; name a file, or an http or https URL`);
    const answer = await answerOf(at, signal);
    const next = answer.status >= 300 && answer.status < 400 ? answer.headers.get('location') : null;
    if (next === null) {
      if (answer.ok) return await textOf(answer.body as AsyncIterable<Uint8Array> | null, at, signal);
      throw new Exit(exitCode.failed, `could not read ${shown(at)} because it was answered ${answer.status}`);
    }
    await answer.body?.cancel();
    at = new URL(next, at);
  }
  throw new Exit(exitCode.failed, `could not read ${shown(url)} because it is redirected again and again`);
}

async function answerOf(url: URL, signal: AbortSignal) {
  try {
    return await fetch(url, {
      redirect: 'manual',
      signal,
      headers: { accept: 'application/json, application/yaml, */*' },
    });
  } catch (error) {
    throw unread(url, error, signal);
  }
}

async function textOf(
  body: AsyncIterable<Uint8Array> | null,
  url: URL,
  signal: AbortSignal,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body ?? []) {
      length += chunk.length;
      if (length > maxBytes)
        throw new Exit(exitCode.failed, `${shown(url)} has more than ${maxBytes / 1024 / 1024} MiB`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof Exit ? error : unread(url, error, signal);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function unread(url: URL, error: unknown, signal: AbortSignal): Exit {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const late = signal.aborted ? `it took more than ${timeoutMs / 1000} s` : undefined;
  const why = late ?? (cause instanceof Error ? cause.message : String(cause));
  return new Exit(exitCode.unreachable, `could not read ${shown(url)} because ${why}`, { cause: error });
}

/** Without a password that stands in it. */
function shown(url: URL): string {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain.href;
}
