import { defineConfig } from 'vitest/config'

// Tiers, each with a time budget that scripts/test.ts checks (see CONTRIBUTING.md).
export default defineConfig({
  test: {
    pool: 'threads',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'core',
          include: [
            'src/core/**/*.test.ts',
            'src/stripe/**/*.test.ts',
            'src/config/**/*.test.ts',
            'test/scenarios/**/*.test.ts',
            'test/properties/**/*.test.ts',
            'test/faults/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'sandbox',
          include: [
            'src/sandbox/**/*.test.ts',
            'test/sandbox/**/*.test.ts',
            'examples/**/*.test.ts',
          ],
          // It judges the built CLI's sandbox, so it goes with what is built.
          exclude: ['test/sandbox/conformance.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'database',
          include: [
            'src/store/**/*.test.ts',
            'src/engine/**/*.test.ts',
            'src/http/**/*.test.ts',
            'test/conformance/**/*.test.ts',
            'test/engine/**/*.test.ts',
          ],
          globalSetup: ['test/support/postgres-server.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'gauntlet',
          include: ['test/gauntlet/**/*.test.ts'],
          globalSetup: ['test/support/postgres-server.ts'],
          testTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/sandbox/conformance.test.ts'],
          globalSetup: ['test/support/postgres-server.ts'],
          testTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
