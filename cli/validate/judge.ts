import { apiServerFaults } from '../../src/checks/api-server.ts';
import { findingsOf } from '../../src/checks/checks.ts';
import { gatherKeys, gatherSiblings, tooManySources } from '../../src/checks/gather.ts';
import { denied, warned, type Finding } from '../../src/checks/input.ts';
import { isTooDeep, maxDepth } from '../../src/model/depth.ts';
import { titled } from '../../src/model/resource.ts';
import { sourcesOf } from '../../src/model/spec-secrets.ts';
import type { ManifestDocument } from '../manifests/documents.ts';
import { judgeGateway } from './judge-gateway.ts';
import { judgePolicy } from './judge-policy.ts';
import type { CheckSource } from './check-source.ts';
import { placeOf, type Bench } from './bench.ts';
import type { Found, FoundResource, Sorted } from './sort.ts';

/** A finding, and by what it was found. */
export interface Said extends Finding {
  readonly check: CheckSource;
}

/** What the webhook, or the API server before it, would say of one document. */
export interface Judgement {
  readonly document: ManifestDocument;
  /** As every message names it. */
  readonly title: string;
  readonly said: readonly Said[];
}

/** Judges every document by all of them together. */
export async function judgeAll(sorted: Sorted, bench: Bench): Promise<readonly Judgement[]> {
  const seen = new Map<string, ManifestDocument>();
  const judgements: Judgement[] = [];
  const judge = async (found: Found, said: () => Promise<readonly Said[]> | readonly Said[]) => {
    const title = titled(found.object);
    judgements.push({
      document: found.document,
      title,
      said: [...repeated(title, found.document, seen), ...(await said())],
    });
  };
  for (const found of sorted.resources) await judge(found, () => judgeResource(found, bench));
  for (const found of sorted.gateways) await judge(found, () => judgeGateway(found, bench));
  for (const { document, object } of sorted.policies) judgements.push(judgePolicy(document, object, bench));
  return judgements;
}

/** Everything that is to be said of one resource. */
export async function judgeResource(
  { document, row, object }: FoundResource,
  bench: Bench,
): Promise<readonly Said[]> {
  const { table, schemas, view, holders, options } = bench;
  if (isTooDeep(document.value)) return [tooDeep];
  const refusals = apiServerFaults(document.value, row.schema).map((fault) =>
    said(denied(fault), 'api-server'),
  );
  const { namespace } = object.metadata;
  const sources = sourcesOf(row, object.spec);
  const crowd = tooManySources(sources);
  if (crowd !== undefined)
    return [...refusals, said(denied({ path: 'spec', fault: crowd.replace(/^spec: /, '') }), 'secrets')];
  const checked = schemas.check(row, object.spec);
  const spec = checked.spec ?? checked.shaped;
  const [keys, siblings] = await Promise.all([
    gatherKeys(sources, namespace, holders),
    spec === undefined ? [] : gatherSiblings(row, object, spec, { view, holders }),
  ]);
  const { enforcement } = placeOf(bench, namespace);
  const old = bench.storedOf(object);
  const question = { row, object, old, enforcement, inlineSecrets: options.inlineSecrets };
  const gathered = { keys, siblings, confirmed: new Set<never>(), now: options.now };
  const findings = findingsOf(question, gathered, { table, schemas, view });
  const reviewed = await bench.review({ row, object, old, keys });
  const told = [...refusals, ...withoutTwice(findings, refusals), ...reviewed];
  // Of gateways that nobody knows it is not worth saying that nobody knows what they have loaded.
  return view.isAssumed ? told.filter(({ check }) => check !== 'policies') : told;
}

const tooDeep: Said = {
  ...denied({ path: 'spec', fault: `has more than ${maxDepth} levels of objects and lists` }),
  check: 'api-server',
};

/** What the API server refuses already, the checks may say once more. */
function withoutTwice(findings: readonly Said[], refusals: readonly Said[]): readonly Said[] {
  const told = new Set(refusals.map(({ path }) => path));
  return findings.filter(({ path, check }) => check !== 'rules' || !told.has(path));
}

export function said(finding: Finding, check: CheckSource): Said {
  return { ...finding, check };
}

/** kubectl applies both, one after the other. */
function repeated(
  title: string,
  document: ManifestDocument,
  seen: Map<string, ManifestDocument>,
): readonly Said[] {
  const before = seen.get(title);
  seen.set(title, document);
  if (before === undefined) return [];
  const { line } = before.at([]);
  const fault = `is described in ${before.file}:${line} too; what is applied last is what counts`;
  return [said(warned({ path: 'metadata.name', fault }), 'files')];
}
