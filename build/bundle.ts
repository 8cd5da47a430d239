/**
 * Makes one file of each process that is deployed, over what the compiler made of its main.ts. A process then reads one
 * file and not two thousand, and of a package only what it uses: of client-node, which is asked for credentials and
 * nothing else, a tenth. What starts a thread of its own finds its file where the compiler left it.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const processes = ['webhook', 'controller', 'controller/uninstall'];

/** A package that does not say it, and of which no module does anything by being there. */
const withoutEffects = '@kubernetes/client-node';

/** Marks the modules of such a package, so that those that nobody uses are left out. */
const leaveOut: Plugin = {
  name: 'leave-out',
  setup(bundle) {
    bundle.onResolve({ filter: /.*/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      const isWithin = importer.includes(`/node_modules/${withoutEffects}/`);
      if (pluginData === resolved || !(isWithin || path.startsWith(withoutEffects))) return undefined;
      const found = await bundle.resolve(path, { importer, resolveDir, kind, pluginData: resolved });
      return { ...found, sideEffects: false };
    });
  },
};

const resolved = Symbol('resolved');

/** `import.meta` of a module goes on meaning the place where the compiler left it. */
const inItsPlace = (outfile: string): Plugin => ({
  name: 'in-its-place',
  setup(bundle) {
    bundle.onLoad({ filter: /\.js$/ }, async ({ path }) => {
      if (!path.startsWith(dist)) return undefined;
      const text = await readFile(path, 'utf8');
      if (!text.includes('import.meta')) return undefined;
      const place = JSON.stringify(relative(dirname(outfile), path));
      const url = `new URL(${place}, import.meta.url).href`;
      const folder = `new URL('.', ${url}).pathname`;
      return {
        contents: text.replaceAll(/import\.meta\.(url|dirname)/g, (_, what: string) =>
          what === 'url' ? url : folder,
        ),
      };
    });
  },
});

/**
 * Escapes what is no ASCII. A single letter that is not in Latin-1 would have V8 keep all of the source with two bytes
 * for each; what esbuild itself leaves stands in regular expressions and comments, where the escape means the same.
 */
async function toAscii(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  await writeFile(file, text.replaceAll(/[\u0080-\uffff]/g, escaped));
}

/** Packages that were written for `require` still call it, for what Node itself brings. */
const banner = `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);`;

for (const name of processes) {
  const outfile = `${dist}/${name}/main.js`;
  await rm(`${outfile}.map`, { force: true });
  await build({
    entryPoints: [outfile],
    outfile,
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    banner: { js: banner },
    plugins: [leaveOut, inItsPlace(outfile)],
  });
  await toAscii(outfile);
}
