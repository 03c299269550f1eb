/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Node 24 strips the types itself (docs: CONTRIBUTING.md).
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  maxWorkers: '100%',
  testTimeout: 20_000,
};
