import { parentPort } from 'node:worker_threads';
import { Evaluation, type Judgement } from './evaluation.ts';
import { at, type FromWorker, type ToWorker } from './protocol.ts';

/** The thread in which rules are evaluated. Whoever started it may end it at any moment. */
const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

const evaluation = new Evaluation();

port.on('message', (message: ToWorker) => {
  switch (message.is) {
    case 'define':
      evaluation.define(message.policy, message.spec);
      break;
    case 'forget':
      evaluation.forget(message.policy);
      break;
    case 'task': {
      const { facts, rules, progress } = message;
      const judge = evaluation.of(facts);
      const judgements: Judgement[] = [];
      for (const [index, rule] of rules.entries()) {
        if (Atomics.load(progress, at.cancelled) !== 0) break;
        Atomics.store(progress, at.rule, index);
        judgements.push(judge(rule));
      }
      const answer: FromWorker = { judgements };
      port.postMessage(answer);
      break;
    }
  }
});
