import type { KubeClient } from '../src/kube/client.ts';
import type { Clock } from '../src/runtime/clock.ts';

/** How long an answer holds, in ms: a folder of manifests asks the same again and again; a new permission is soon seen. */
const holdMs = { allowed: 5000, denied: 1000 };
/** Answers kept at most; the oldest go first. */
const maxAnswers = 10_000;

type Answer = Awaited<ReturnType<KubeClient['subjectAccessReview']>>;

/** The client, but that it asks for a permission once in a few seconds. A failure is never kept. */
export function withCachedAccess(client: KubeClient, clock: Clock): KubeClient {
  const kept = new Map<string, { readonly answer: Promise<Answer>; readonly until: number }>();

  const keep = (key: string, answer: Promise<Answer>, ms: number) => {
    kept.delete(key);
    kept.set(key, { answer, until: clock.monotonicMs() + ms });
    const [oldest] = kept.keys();
    if (kept.size > maxAnswers && oldest !== undefined) kept.delete(oldest);
  };
  return {
    ...client,
    subjectAccessReview: (spec) => {
      const key = JSON.stringify(spec);
      const known = kept.get(key);
      if (known !== undefined && known.until > clock.monotonicMs()) return known.answer;
      const asked = client.subjectAccessReview(spec);
      keep(key, asked, holdMs.denied);
      asked.then(
        ({ allowed }) => keep(key, asked, allowed ? holdMs.allowed : holdMs.denied),
        () => kept.delete(key),
      );
      return asked;
    },
  };
}
