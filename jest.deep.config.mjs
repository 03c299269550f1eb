import jestConfig from './jest.config.mjs';

// The evaluations with the naive evaluator; Cedar and IAM get a tenth of them (test/differential/settings.ts).
process.env.RUNS ??= '1000000';

/** The differential tests at length. */
export default {
  ...jestConfig,
  testMatch: ['<rootDir>/test/differential/**/*.test.ts'],
};
