import { now, type ContainerReport } from './container-state.ts';
import type { Pod, PodCondition, PodStatus } from './pod.ts';

export interface Standing {
  readonly containers: readonly ContainerReport[];
  readonly address: string;
  readonly hostAddress: string;
}

type Phase = NonNullable<PodStatus['phase']>;

/** The status that a Pod gets, from what its containers do. Pure but for the moment of a transition. */
export function podStatus(pod: Pod, { containers, address, hostAddress }: Standing): PodStatus {
  const phase = phaseOf(pod, containers);
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  const areReady = !isOver && containers.every(({ isReady }) => isReady);
  const unready = containers.filter(({ isReady }) => !isReady).map(({ spec }) => spec.name);
  const reason = isOver ? 'PodCompleted' : 'ContainersNotReady';
  const why = areReady ? {} : { reason, message: `containers with unready status: [${unready.join(' ')}]` };
  const conditions: readonly PodCondition[] = [
    { type: 'PodReadyToStartContainers', status: 'True' },
    { type: 'Initialized', status: 'True' },
    { type: 'ContainersReady', status: areReady ? 'True' : 'False', ...why },
    { type: 'Ready', status: areReady ? 'True' : 'False', ...why },
  ];
  const status = {
    phase,
    conditions: merged(pod.status?.conditions ?? [], conditions),
    hostIP: hostAddress,
    hostIPs: [{ ip: hostAddress }],
    podIP: address,
    podIPs: [{ ip: address }],
    startTime: pod.metadata.creationTimestamp,
    containerStatuses: containers.map(containerStatus),
  };
  return status;
}

function phaseOf({ spec, metadata }: Pod, containers: readonly ContainerReport[]): Phase {
  const ended = containers.map(({ state }) => state.terminated);
  const areOver = ended.every((one) => one !== undefined);
  // A Pod that is deleted, or that is never run again, is over when all of it has ended.
  if (areOver && (metadata.deletionTimestamp !== undefined || spec.restartPolicy === 'Never'))
    return ended.every((one) => one.exitCode === 0) ? 'Succeeded' : 'Failed';
  if (areOver && spec.restartPolicy === 'OnFailure' && ended.every((one) => one.exitCode === 0))
    return 'Succeeded';
  const hasBegun = containers.every(
    ({ state, restartCount }) => state.running ?? state.terminated ?? restartCount,
  );
  return hasBegun ? 'Running' : 'Pending';
}

function containerStatus({ spec, state, lastState, restartCount, isReady, isStarted }: ContainerReport) {
  return {
    name: spec.name,
    image: spec.image,
    imageID: spec.image,
    containerID: `folder://${spec.name}-${restartCount}`,
    restartCount,
    ready: isReady,
    started: isStarted,
    state,
    lastState,
  };
}

/** Conditions of others stay; the moment moves only with the status. */
function merged(before: readonly PodCondition[], ours: readonly PodCondition[]): readonly PodCondition[] {
  const others = before.filter(({ type }) => ours.every((one) => one.type !== type));
  const timed = ours.map((one) => {
    const former = before.find(({ type }) => type === one.type);
    const lastTransitionTime = former?.status === one.status ? former.lastTransitionTime : undefined;
    return { ...one, lastTransitionTime: lastTransitionTime ?? now() };
  });
  return [...others, ...timed];
}
