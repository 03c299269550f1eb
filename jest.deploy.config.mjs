import jestConfig from './jest.config.mjs';

/** The slow suites: a local cloud, other people's linters, the framework's own local runner. */
export default {
  ...jestConfig,
  testMatch: ['<rootDir>/test/deploy/**/*.test.ts'],
  testPathIgnorePatterns: [],
  testTimeout: 300_000,
};
