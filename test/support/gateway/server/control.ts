import type { Calls } from './calls.ts';
import type { Fault, Faults } from './faults.ts';
import type { RawReply, RawRequest } from './http.ts';

interface ControlDependencies {
  readonly faults: Faults;
  readonly calls: Calls;
  readonly restartEmpty: () => void;
}

/** Steers the emulator from outside its process, under `/emulator/` on the admin port. */
export function control(
  raw: RawRequest,
  { faults, calls, restartEmpty }: ControlDependencies,
): RawReply | undefined {
  if (!raw.path.startsWith('/emulator/')) return undefined;
  const [resource = '', id] = raw.path.slice('/emulator/'.length).split('/', 2);
  switch (`${raw.method} ${resource}`) {
    case 'GET faults':
      return answer(
        200,
        faults.list.map((set) => ({ id: set.id, taken: set.taken, ...set.fault })),
      );
    case 'POST faults':
      return addFault(raw.body, faults);
    case 'DELETE faults':
      if (id === undefined) faults.clear();
      else faults.remove(Number(id));
      return answer(204);
    case 'GET calls':
      return answer(200, calls.list);
    case 'DELETE calls':
      calls.clear();
      return answer(204);
    case 'POST restart-empty':
      restartEmpty();
      return answer(204);
    default:
      return answer(404, { message: `the emulator knows no ${raw.method} ${raw.path}` });
  }
}

function addFault(body: string, faults: Faults): RawReply {
  try {
    const { id } = faults.add(JSON.parse(body) as Fault);
    return answer(201, { id });
  } catch (error) {
    return answer(400, { message: `could not read the fault because ${(error as Error).message}` });
  }
}

function answer(status: number, value?: unknown): RawReply {
  if (value === undefined) return { status, headers: {}, body: '' };
  return { status, headers: { 'Content-Type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}
