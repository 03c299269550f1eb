/**
 * `npm run test:mutation [-- --mutate FILE | --changed]`: changes the policy and the token code in one place at a time, and
 * shows the changes that no test notices (docs/mutation.md). `FILE` may end in `:FROM-TO`, its lines, and be given several
 * times; `--changed` takes the files that are not what their rows there are of. A whole file's score becomes its row.
 * Exit code 1 if a file's score is below `LEAST`.
 */

import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { changedSince, publish } from './page.ts';
import { filesWithMutants, type Portion, portionsOf } from './portions.ts';
import { asText, isMissed, type MutantResult, percentOf, scoresOf } from './scores.ts';

/** Percent. Files with few mutants have each of their survivors in docs/mutation.md. */
const LEAST = 85;

const { values } = parseArgs({
  options: { mutate: { type: 'string', multiple: true }, changed: { type: 'boolean' } },
});
const all = filesWithMutants();
const wanted = values.mutate ?? (values.changed ? changedSince(all) : all);
for (const portion of portionsOf(wanted)) {
  const results = await testMutants(portion);
  for (const mutant of results.filter(isMissed)) console.log(`${asText(mutant)}\n`);
  const scores = scoresOf(results);
  // Lines of a file are no row of it. What a run that is stopped has seen stays.
  publish(
    scores.filter(({ file }) => portion.files.includes(file)),
    all,
  );
  for (const { file, ...score } of scores) {
    const percent = percentOf(score);
    console.log(`${file}: ${score.survived} of ${score.mutants} survive, ${percent.toFixed(1)} %`);
    if (percent >= LEAST) continue;
    console.error(`${file}: ${percent.toFixed(1)} % is below ${LEAST} %: a test is missing`);
    process.exitCode = 1;
  }
}

function testMutants({ files, tests }: Portion): Promise<MutantResult[]> {
  return new Stryker({
    mutate: files,
    testRunner: 'jest',
    testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    jest: {
      configFile: 'jest.config.mjs',
      // Each mutant is a run of jest, which looks at every file below the roots.
      config: {
        roots: ['<rootDir>/shared', '<rootDir>/test'],
        testMatch: tests.map((name) => `<rootDir>/test/${name}.test.ts`),
      },
      enableFindRelatedTests: false,
    },
    coverageAnalysis: 'perTest',
    // Stryker would rewrite a tsconfig with TypeScript's classic interface, which version 7 does not have.
    tsconfigFile: 'none.json',
    ignorePatterns: ['/.local', '/.venv', '/build', '/dist'],
    tempDirName: '.stryker-tmp',
    reporters: ['progress-append-only'],
    allowConsoleColors: false,
    // Endless loops are found by counting; a machine that is busy is no mutant's merit.
    timeoutMS: 60_000,
  }).runMutationTest();
}
