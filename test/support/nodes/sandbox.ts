import { lstatSync, readlinkSync } from 'node:fs';
import { workingFolder } from './image.ts';

/** One run of a container, in a mount and process namespace of its own. */
export interface Sandbox {
  /** An empty folder for the scripts and for the root to be mounted on. */
  readonly folder: string;
  readonly hostname: string;
  /** The folder of the image's program. */
  readonly app: string;
  /** The folder whose files stand in `/etc`. */
  readonly etc: string;
  readonly mounts: readonly { readonly from: string; readonly at: string; readonly readOnly: boolean }[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir?: string | undefined;
  readonly command: readonly string[];
  readonly user: number;
  readonly group: number;
  readonly groups: readonly number[];
  readonly hasReadOnlyRoot: boolean;
  readonly mayGainPrivileges: boolean;
  readonly keepsCapabilities: boolean;
}

const tools = { folder: '/.start', programs: ['setpriv', 'env'] } as const;
const etcLinks = { folder: '/.etc', files: ['hosts', 'nsswitch.conf', 'passwd', 'group'] } as const;
const devices = ['null', 'zero', 'random', 'urandom'];

/**
 * The scripts that make a root out of the image, the machine's libraries and the Pod's volumes, and start the program
 * in it: exactly what the Pod says stands at the Pod's own paths, and nothing else of this machine can be seen. The
 * program is process 1, as in a container; it goes with the script that waits for it. Needs root on Linux.
 */
export function sandboxScripts(
  sandbox: Sandbox,
  node: string,
): { readonly outer: string; readonly inner: string } {
  const { folder, app, etc, mounts, hasReadOnlyRoot } = sandbox;
  const at = (path: string) => quoted(`${folder}/root${path}`);
  const root = at('');
  const bind = (from: string, path: string, readOnly: boolean) => [
    `mount --bind ${quoted(from)} ${at(path)}`,
    ...(readOnly ? [`mount -o remount,bind,ro ${at(path)}`] : []),
  ];
  const file = (from: string, path: string) => [`: > ${at(path)}`, ...bind(from, path, true)];
  const outer = [
    'set -eu',
    'mount --make-rprivate /',
    `echo ${quoted(sandbox.hostname)} > /proc/sys/kernel/hostname`,
    `mkdir -p ${root}`,
    `mount -t tmpfs -o mode=755 pod ${root}`,
    `mkdir -p ${['/usr/lib', '/usr/local/bin', '/etc', '/proc', '/dev', workingFolder, tools.folder, etcLinks.folder].map(at).join(' ')}`,
    `mkdir -m 1777 ${at('/tmp')}`,
    ...bind('/usr/lib', '/usr/lib', true),
    ...libraries().flatMap(({ path, link }) =>
      link === undefined
        ? [`mkdir -p ${at(path)}`, ...bind(path, path, true)]
        : [`ln -s ${quoted(link)} ${at(path)}`],
    ),
    ...tools.programs.flatMap((name) => file(`/usr/bin/${name}`, `${tools.folder}/${name}`)),
    ...devices.flatMap((name) => [
      `: > ${at(`/dev/${name}`)}`,
      ...bind(`/dev/${name}`, `/dev/${name}`, false),
    ]),
    ...file(node, '/usr/local/bin/node'),
    // By links, so that a file which is replaced out here is replaced in there, and volumes may lie beside them.
    ...bind(etc, etcLinks.folder, true),
    ...etcLinks.files.map((name) => `ln -s ${etcLinks.folder}/${name} ${at(`/etc/${name}`)}`),
    ...bind(app, workingFolder, hasReadOnlyRoot),
    ...mounts.flatMap(({ from, at: path, readOnly }) => [
      `mkdir -p ${at(path)}`,
      ...bind(from, path, readOnly),
    ]),
    // The first that is started in the new process namespace is process 1 there; `$!` is its number out here.
    `exec unshare --pid sh -c 'sh "$0/inner.sh" & echo $! > "$0/pid.new"; wait $!' ${quoted(folder)}`,
  ];
  const inner = [
    'set -eu',
    `mount -t proc -o nosuid,nodev,noexec proc ${at('/proc')}`,
    `mv ${quoted(`${folder}/pid.new`)} ${quoted(`${folder}/pid`)}`,
    ...(hasReadOnlyRoot ? [`mount -o remount,bind,ro ${root}`] : []),
    ['exec', 'unshare', `--root=${root}`, `--wd=${quoted(sandbox.workingDir ?? workingFolder)}`]
      .concat(privileges(sandbox), `${tools.folder}/env`, '-i')
      .concat(Object.entries(sandbox.env).map(([name, value]) => quoted(`${name}=${value}`)))
      .concat(sandbox.command.map(quoted))
      .join(' '),
  ];
  return { outer: `${outer.join('\n')}\n`, inner: `${inner.join('\n')}\n` };
}

function privileges({
  user,
  group,
  groups,
  mayGainPrivileges,
  keepsCapabilities,
}: Sandbox): readonly string[] {
  return [
    `${tools.folder}/setpriv`,
    `--reuid=${user}`,
    `--regid=${group}`,
    groups.length === 0 ? '--clear-groups' : `--groups=${groups.join(',')}`,
    ...(mayGainPrivileges ? [] : ['--no-new-privs']),
    ...(keepsCapabilities ? [] : ['--inh-caps=-all', '--bounding-set=-all']),
    // Whatever ends the script, the program does not outlive it.
    '--pdeathsig=KILL',
  ];
}

/** Where a program on this machine looks for its libraries, beside `/usr/lib`: links into `/usr`, or folders. */
function libraries(): readonly { readonly path: string; readonly link?: string }[] {
  return ['/usr/lib64', '/lib', '/lib64'].flatMap((path) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    return [stat.isSymbolicLink() ? { path, link: readlinkSync(path) } : { path }];
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
