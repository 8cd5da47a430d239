import type { Registry } from 'prom-client';

/** An answer of the small servers beside the work. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whether whoever sends this `Authorization` header may see the metrics: what he is answered if not. */
export type Admit = (authorization: string | undefined) => Promise<Answer | undefined>;

export interface MetricsPageOptions {
  readonly registry: Registry;
  /** Without it, anyone may. */
  readonly admit?: Admit | undefined;
}

/** The metrics in the text format of Prometheus, for who may see them. */
export async function metricsPage(
  { registry, admit }: MetricsPageOptions,
  authorization: string | undefined,
): Promise<Answer> {
  try {
    const refusal = await admit?.(authorization);
    if (refusal !== undefined) return refusal;
    return { status: 200, body: await registry.metrics(), type: registry.contentType };
  } catch {
    return { status: 500, body: 'the metrics could not be collected\n' };
  }
}
