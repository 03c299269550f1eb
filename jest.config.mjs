/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // npm run test:deploy
  testPathIgnorePatterns: ['/test/deploy/'],
  // What npm run test:mutation works on.
  modulePathIgnorePatterns: ['<rootDir>/.stryker-tmp/'],
  // Node 24 strips the types itself (docs: CONTRIBUTING.md).
  transform: {},
  // As in the bundles (scripts/build-plugins.ts).
  moduleNameMapper: { '^#node-web-compat$': '<rootDir>/shared/token/node-crypto.ts' },
  extensionsToTreatAsEsm: ['.ts'],
  maxWorkers: '100%',
  testTimeout: 60_000,
};
