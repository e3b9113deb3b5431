const transform = { '^.+\\.(ts|js|mjs|sh|py|rpm)$': '<rootDir>/test/jest-transform.cjs' };

/** One project per kind of test; what each needs is in CONTRIBUTING.md. */
const project = (displayName, testMatch, more = {}) => ({
  displayName,
  testMatch,
  transform,
  transformIgnorePatterns: [],
  testEnvironment: 'node',
  clearMocks: true,
  ...more,
});

export default {
  projects: [
    project('unit', ['<rootDir>/src/**/*.test.ts']),
    project('engine', ['<rootDir>/test/engine/**/*.test.ts']),
    project('registry', ['<rootDir>/test/registry/**/*.test.ts']),
    project('e2e', ['<rootDir>/test/e2e/**/*.test.ts']),
    project('faults', ['<rootDir>/test/faults/**/*.test.ts']),
    project('packages', ['<rootDir>/test/packages/**/*.test.ts']),
  ],
  maxWorkers: 2,
  testTimeout: 60_000,
};
