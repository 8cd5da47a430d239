import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { importX } from 'eslint-plugin-import-x';
import prettier from 'eslint-config-prettier';

/** What a folder may not import, and why. The arrows are those of the design; nothing else is checked here. */
const forbidden = [
  ['src', ['webhook', 'controller', 'certs', 'crds', 'cli'], 'src is a library and knows none of the processes'],
  ['src/runtime', ['src/model', 'src/kinds', 'src/kube', 'src/gateway'], 'runtime stands below everything'],
  ['src/model', ['src/kinds', 'src/kube', 'src/gateway'], 'the model knows no kind and does no I/O'],
  ['src/kinds', ['src/kube', 'src/gateway', 'src/checks', 'src/selection', 'src/compare'], 'a kind only describes'],
  ['src/kube', ['src/kinds', 'src/gateway'], 'kube knows no kind'],
  ['src/gateway', ['src/kinds', 'src/kube'], 'gateway knows no kind'],
  ['src/selection', ['src/kube', 'src/gateway'], 'selection is pure'],
  ['src/checks', ['src/kube', 'src/gateway'], 'the checks are pure'],
  ['src/compare', ['src/kube', 'src/gateway'], 'comparing is pure'],
  ['webhook', ['controller', 'src/gateway'], 'the webhook never speaks to a gateway, nor to the controller'],
  ['controller', ['webhook', 'certs'], 'the controller stands alone'],
  ['certs', ['webhook', 'controller'], 'certs knows nothing of admission'],
  ['test/support/gateway', ['src', 'webhook', 'controller', 'certs'], 'the emulator has its own validators'],
];

const production = ['src/**/*.ts', 'webhook/**/*.ts', 'controller/**/*.ts', 'certs/**/*.ts', 'cli/**/*.ts'];

export default defineConfig(
  { ignores: ['dist', 'coverage', 'node_modules'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    plugins: { 'import-x': importX },
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] }, tsconfigRootDir: import.meta.dirname },
    },
    settings: { 'import-x/resolver-next': [], 'import-x/extensions': ['.ts'] },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
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
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          basePath: import.meta.dirname,
          zones: forbidden.flatMap(([target, from, message]) =>
            from.map((folder) => ({ target: `./${target}`, from: `./${folder}`, message })),
          ),
        },
      ],
    },
  },
  { files: production, rules: { 'no-restricted-syntax': ['error', 'ExportDefaultDeclaration', 'ExportAllDeclaration', 'TSEnumDeclaration'] } },
  { files: ['**/main.ts', 'test/**/*.ts'], rules: { 'no-restricted-properties': 'off', 'no-console': 'off' } },
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
