import { cp, mkdir, mkdtemp, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { run } from '../cluster/run.ts';
import { root } from '../root.ts';
import { environmentOf, type Instruction, letIn, type Stage, stagesOf } from './dockerfile.ts';
import { copyProductionModules } from './production-modules.ts';

/** An image as a folder. */
export interface AssembledImage {
  /** What stands in its working directory. */
  readonly folder: string;
  /** What is put before the arguments of a container; its node is this machine's. */
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The user id of its processes. */
  readonly user: number;
}

type Commands = Readonly<Record<string, (folder: string) => Promise<void>>>;

/** What each RUN of our Dockerfile does, without a registry. One that is not known here is an error. */
const commands: Commands = {
  'npm ci --ignore-scripts': async (folder) => {
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  },
  'npm ci --omit=dev --omit=optional --ignore-scripts': (folder) => copyProductionModules(root, folder),
  'npm run build': async (folder) => {
    const { code, stdout, stderr } = await run('npm', ['run', '--silent', 'build'], { cwd: folder });
    if (code !== 0) throw new Error(`npm run build ended with ${code}: ${stdout}${stderr}`);
  },
};

/**
 * Does what the Dockerfile says, without a container engine: the same files, copied by its COPY lines from a context
 * that .dockerignore leaves, into a folder that plays the working directory of the image. Takes as long as the compiler.
 */
export async function assembleImage(folder?: string): Promise<AssembledImage> {
  const within = folder ?? (await mkdtemp(join(tmpdir(), 'portcullis-image-')));
  await mkdir(within, { recursive: true });
  const context = new Set(letIn(await readFile(join(root, '.dockerignore'), 'utf8')));
  const stages = stagesOf(await readFile(join(root, 'Dockerfile'), 'utf8'));
  const folders = new Map<string, string>();
  for (const [index, stage] of stages.entries()) {
    const own = join(within, stage.name ?? `stage-${index}`);
    await mkdir(own);
    folders.set(stage.name ?? '', own);
    for (const instruction of stage.instructions) await follow(instruction, own, { context, folders });
  }
  const image = stages.at(-1);
  if (image === undefined) throw new Error('the Dockerfile has no stage');
  return { folder: folders.get(image.name ?? '') ?? within, ...whatRuns(image) };
}

async function follow(
  { word, rest }: Instruction,
  folder: string,
  {
    context,
    folders,
  }: { readonly context: ReadonlySet<string>; readonly folders: ReadonlyMap<string, string> },
): Promise<void> {
  if (word === 'RUN') {
    const command = commands[rest];
    if (command === undefined) throw new Error(`test/support/image/assemble.ts does not know RUN ${rest}`);
    await command(folder);
  }
  if (word !== 'COPY') return;
  const [, stage, paths = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(rest) ?? [];
  const sources = paths.split(' ');
  const target = sources.pop() ?? '';
  for (const source of sources) {
    if (stage === undefined && !context.has(source))
      throw new Error(`.dockerignore keeps ${source} out, and the Dockerfile copies it`);
    const from =
      stage === undefined
        ? join(root, source)
        : join(folders.get(stage) ?? '', source.replace(/^\/app\//, ''));
    const to = target.endsWith('/') ? join(folder, target, basename(source)) : join(folder, target);
    await mkdir(dirname(to), { recursive: true });
    await cp(from, to, { recursive: true });
  }
}

function whatRuns({ instructions }: Stage): Omit<AssembledImage, 'folder'> {
  const last = (word: string) => instructions.findLast((one) => one.word === word)?.rest ?? '';
  const entrypoint = JSON.parse(last('ENTRYPOINT')) as string[];
  return {
    entrypoint: entrypoint.map((part) => (basename(part) === 'node' ? process.execPath : part)),
    env: environmentOf(instructions),
    user: Number(last('USER').split(':')[0]),
  };
}
