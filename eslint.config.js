import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';

/** What a folder may not import, and why. The arrows are those of the design; nothing else is checked here. */
const forbidden = [
  [
    'src',
    ['webhook', 'controller', 'certs', 'crds', 'cli'],
    'src is a library and knows none of the processes',
  ],
  ['src/runtime', ['model', 'kinds', 'kube', 'gateway'], 'runtime stands below everything'],
  ['src/model', ['kinds', 'kube', 'gateway'], 'the model knows no kind and does no I/O'],
  ['src/kinds', ['kube', 'gateway', 'checks', 'selection', 'compare'], 'a kind only describes'],
  ['src/kube', ['kinds', 'gateway'], 'kube knows no kind'],
  ['src/gateway', ['kinds', 'kube'], 'gateway knows no kind'],
  ['src/selection', ['kube', 'gateway'], 'selection is pure'],
  ['src/checks', ['kube', 'gateway'], 'the checks are pure'],
  ['src/compare', ['kube', 'gateway'], 'comparing is pure'],
  ['src/review', ['kube', 'gateway'], 'reviews by policy need no cluster'],
  ['src/policies', ['kube', 'gateway', 'kinds', 'checks'], 'what a definition says is pure, and of no kind'],
  [
    'src/discovery',
    ['checks', 'selection', 'compare', 'policies'],
    'finding a gateway needs its APIGateway alone',
  ],
  ['src/manifests', ['kube', 'gateway'], 'what an installation consists of derives from the kinds'],
  ['src/export', ['kube', 'gateway', 'kinds'], 'what becomes of what a gateway holds is pure'],
  [
    'webhook',
    ['controller', 'cli', 'src/gateway', 'src/discovery', 'src/export'],
    'the webhook never speaks to a gateway, nor to the controller',
  ],
  ['controller', ['webhook', 'certs', 'cli'], 'the controller stands alone'],
  ['certs', ['webhook', 'controller', 'cli'], 'certs knows nothing of admission'],
  [
    'cli',
    ['webhook', 'controller', 'certs', 'crds'],
    'the command needs none of the processes, and no generator',
  ],
  ['test/support/gateway', ['src', 'webhook', 'controller', 'certs'], 'the emulator has its own validators'],
];

/** Later entries replace earlier ones for a file, so each folder's carries those of the folders around it. */
const arrows = forbidden.map(([folder]) => ({
  files: [`${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: forbidden
          .filter(([around]) => folder === around || folder.startsWith(`${around}/`))
          .map(([, from, message]) => ({ regex: `^(\\.\\./)+(${from.join('|')})/`, message })),
      },
    ],
  },
}));

const production = ['src/**/*.ts', 'webhook/**/*.ts', 'controller/**/*.ts', 'certs/**/*.ts', 'cli/**/*.ts'];

export default defineConfig(
  { ignores: ['dist', 'coverage', 'node_modules', 'charts'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Settings are read once, in a main.ts.' },
      ],
    },
  },
  ...arrows,
  {
    files: production,
    rules: {
      'no-restricted-syntax': [
        'error',
        'ExportDefaultDeclaration',
        'ExportAllDeclaration',
        'TSEnumDeclaration',
      ],
    },
  },
  {
    files: ['**/main.ts', 'test/**/*.ts'],
    rules: { 'no-restricted-properties': 'off', 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['eslint.config.js'], ...tseslint.configs.disableTypeChecked },
  prettier,
);
