import tseslint from 'typescript-eslint'

const AMBIENT = 'src/core is pure: take it as an argument instead.'
const SEEDED = 'The sandbox is seeded: use world.now(), world.schedule() and world.random.'

/** Rooms and the rooms each may import. Dependencies point downward only (ARCHITECTURE.md). */
const ROOMS = {
  core: [],
  stripe: ['core'],
  store: ['core'],
  engine: ['core', 'stripe', 'store'],
  http: ['core', 'stripe', 'engine'],
  sandbox: [],
  cli: ['core', 'stripe', 'store', 'engine', 'http', 'sandbox'],
}

const borders = Object.entries(ROOMS).map(([room, allowed]) => {
  const forbidden = Object.keys(ROOMS).filter((other) => other !== room && !allowed.includes(other))
  return {
    files: [`src/${room}/**/*.ts`],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...forbidden.map((other) => ({
              group: [`**/${other}/**`],
              message: `src/${room} must not import src/${other}: dependencies point downward.`,
            })),
            ...(room === 'core'
              ? [
                  {
                    regex: '^(?!\\./|\\.\\./[^.])',
                    message: 'src/core imports nothing outside itself.',
                  },
                ]
              : []),
          ],
        },
      ],
    },
  }
})

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**', '.proviso/**', 'bench/peers/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always'],
    },
  },
  ...borders,
  {
    // src/core/views may take one step up, src/core itself none.
    files: ['src/core/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!\\./)', message: 'src/core imports nothing outside itself.' }] },
      ],
    },
  },
  {
    // The judges must not think with what they judge: of the core they know the catalog's shape.
    files: [
      'test/gauntlet/oracle/**/*.ts',
      'test/gauntlet/witness/**/*.ts',
      'test/support/witness.ts',
    ],
    ignores: ['**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: 'src/(core/(?!catalog\\.ts)|stripe/|engine/|store/|http/|cli/)',
              message: 'The oracle and the witness judge our code: they import none of it.',
            },
            {
              regex: 'src/core/catalog\\.ts',
              allowTypeImports: true,
              message: 'Only the types of the catalog.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...[
          'process',
          'fetch',
          'setTimeout',
          'setInterval',
          'performance',
          'crypto',
          'console',
          'Buffer',
        ].map((name) => ({ name, message: AMBIENT })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: AMBIENT },
        { object: 'Math', property: 'random', message: AMBIENT },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: AMBIENT },
        { selector: 'ImportExpression', message: AMBIENT },
      ],
    },
  },
  {
    // Types inferred from the SDK's cannot be written into declarations.
    files: ['src/sandbox/**/*.ts'],
    // Parsers are what zod makes of them: to write their types out would say it twice.
    ignores: ['**/*.test.ts', 'src/sandbox/protocol/parameters.ts'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'error' },
  },
  {
    // The sandbox's machine has a clock and a seed of its own: same calls, same world.
    files: ['world', 'resources', 'protocol', 'versions'].map((room) => `src/sandbox/${room}/**`),
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'fetch', 'setTimeout', 'setInterval', 'performance'].map((name) => ({
          name,
          message: SEEDED,
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: SEEDED },
        { object: 'Math', property: 'random', message: SEEDED },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: SEEDED },
      ],
    },
  },
)
