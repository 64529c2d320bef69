// Tests run as ES modules; Node itself strips the types, so no transform needs a platform binary.
export default {
  testEnvironment: 'node',
  // `millrace/…` in the examples is this checkout's TypeScript; the others are jest's own.
  testEnvironmentOptions: { customExportConditions: ['millrace-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tests/support/strip-types.mjs' },
  // chDB cannot open a Kafka table in a process where it was closed before, as the test file before
  // may have done: a worker that holds more than this (all do) ends after each file.
  workerIdleMemoryLimit: '10MB',
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.millrace/', '<rootDir>/dist/'],
  // One broker, registry and model for the whole run; they start when the first test asks.
  globalSetup: '<rootDir>/tests/support/global-setup.mjs',
  globalTeardown: '<rootDir>/tests/support/global-teardown.mjs',
  maxWorkers: 2,
  // For the tests on real parts; the others take milliseconds.
  testTimeout: 60_000,
};
