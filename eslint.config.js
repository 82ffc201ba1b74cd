/**
 * Lint rules. They back the house style: typed without escape, small files and functions, and an engine
 * without clock, chance or any other door to the world.
 */
import { defineConfig, globalIgnores } from 'eslint/config'
import svelte from 'eslint-plugin-svelte'
import ts from 'typescript-eslint'

/** The language's own worst traps; typed rules cover the rest. */
const core = {
  eqeqeq: 'error',
  'no-console': 'error',
  'no-constant-binary-expression': 'error',
  'no-eval': 'error',
  'no-implied-eval': 'error',
  'no-param-reassign': 'error',
  'no-promise-executor-return': 'off',
  'no-restricted-syntax': [
    'error',
    {
      selector: 'TSEnumDeclaration',
      message: 'Use a union of literals: the code runs with its types erased.',
    },
    {
      selector: 'ExportAllDeclaration',
      message: 'No barrels: import from the file that is named for the thing.',
    },
  ],
  'no-self-compare': 'error',
  'no-template-curly-in-string': 'error',
  'no-unreachable-loop': 'error',
  'no-useless-rename': 'error',
  'no-var': 'error',
  'no-warning-comments': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
}

const size = {
  'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
  'max-depth': ['error', 4],
  'max-params': ['error', 6],
}

const typed = {
  '@typescript-eslint/consistent-type-definitions': 'off',
  '@typescript-eslint/consistent-type-exports': 'error',
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-confusing-void-expression': [
    'error',
    { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
  ],
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/no-unnecessary-condition': [
    'error',
    { allowConstantLoopConditions: 'only-allowed-literals' },
  ],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
  // A row type named at the call says what a query answers, though the signature uses it once.
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
  '@typescript-eslint/prefer-nullish-coalescing': [
    'error',
    { ignorePrimitives: { string: true, boolean: true } },
  ],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
  ],
  '@typescript-eslint/unified-signatures': 'off',
}

const NO_CLOCK = 'Time is a port: take a Clock.'
const NO_CHANCE = 'Chance is a port: take it as an argument.'
const NO_CRYPTO = 'Hashes and signatures are a port: take a Crypto.'

const pure = {
  'no-restricted-globals': [
    'error',
    ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance'].map((name) => ({
      name,
      message: NO_CLOCK,
    })),
    ...['process', 'Buffer', 'window', 'document', 'fetch', 'WebSocket', 'localStorage', 'console'].map(
      (name) => ({
        name,
        message: 'The engine has no world: take a port.',
      }),
    ),
    { name: 'crypto', message: NO_CRYPTO },
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: NO_CLOCK },
    { object: 'Math', property: 'random', message: NO_CHANCE },
    { object: 'globalThis', property: 'crypto', message: NO_CRYPTO },
  ],
  'no-restricted-syntax': [
    ...core['no-restricted-syntax'],
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: NO_CLOCK },
  ],
}

const EVERY_SCRIPT = ['**/*.ts', '**/*.js', '**/*.cjs', '**/*.svelte']

export default defineConfig(
  globalIgnores(['.data/', 'out/', 'dist/', 'node_modules/', 'test-results/', '.cache/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { files: EVERY_SCRIPT, extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked] },
  {
    files: EVERY_SCRIPT,
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js', '.*.cjs', '*.cjs', 'renderer/*.js'] },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: { ...core, ...size, ...typed },
  },
  { files: ['renderer/**'], extends: [svelte.configs['flat/recommended']] },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      'prefer-const': 'off',
      'svelte/prefer-const': 'error',
      // Most maps and sets here are values that are replaced whole, which runes follow by themselves.
      'svelte/prefer-svelte-reactivity': 'off',
      // The attributes of an element may hold anything, and `$props()` hands them over as they came.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  { files: ['shared/**/*.ts'], rules: pure },
  {
    files: ['main/cli/**/*.ts', 'scripts/**/*.ts', 'test/bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // A suite is one long function by nature, and words of a thrown check may name anything.
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/restrict-template-expressions': 'off' },
  },
  { files: ['**/*.js', '**/*.cjs'], extends: [ts.configs.disableTypeChecked] },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
)
