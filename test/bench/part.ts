import type { Plan } from './plan.ts';
import type { Recorder } from './recorder.ts';

/** What a part has to work with. */
export interface Bench {
  readonly plan: Plan;
  readonly record: Recorder;
  readonly signal: AbortSignal;
  /** The folder in which the processes that are measured leave CPU profiles; they are slower then. */
  readonly profiles?: string | undefined;
  /** Which items of the part are asked for. */
  readonly items: ReadonlySet<string>;
  /** One line of progress. */
  readonly say: (line: string) => void;
}

/** What is measured together, and can be asked for by its name or by that of its group. */
export interface Part {
  readonly name: string;
  readonly group: 'admission' | 'convergence' | 'scale';
  readonly about: string;
  /** What of it can be asked for alone; all of it shares what it is measured on. */
  readonly items?: readonly string[];
  run(bench: Bench): Promise<void>;
}
