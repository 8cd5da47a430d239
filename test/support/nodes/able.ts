import { run } from '../cluster/run.ts';

/** Why Pods can't run on this machine; undefined where they can. Namespaces of Linux need root, or what gives the same. */
export async function whyNoPods(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `Pods run in namespaces of Linux, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'Pods run in namespaces of Linux, which only root may make';
  const { code, stderr } = await run('unshare', ['--mount', 'mount', '--make-rprivate', '/']).catch(
    (error: unknown) => ({ code: -1, stderr: String(error) }),
  );
  return code === 0
    ? undefined
    : `Pods need a mount namespace of their own, and there is none: ${stderr.trim()}`;
}
