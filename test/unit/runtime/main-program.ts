import { runMain } from '../../../src/runtime/lifetime.ts';
import { SettingsError } from '../../../src/runtime/settings.ts';

// What a test starts as a process of its own, to see how it ends. A timer stands for the servers of a real one.
const mode = process.argv[2];

runMain('test', async (signal) => {
  if (mode === 'misconfigured') throw new SettingsError(['A: is wrong', 'B: is wrong too']);
  if (mode === 'refused')
    throw Object.assign(new Error('could not start because the port is taken'), { means: 'taken' });
  if (mode === 'broken') throw new TypeError('undefined is not a function');
  const alive = setInterval(() => undefined, 1000);
  console.log('running');
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  console.log('stopping');
  if (mode === 'stubborn') await new Promise(() => undefined);
  clearInterval(alive);
});
