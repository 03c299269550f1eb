/**
 * `npm run test:mutation [-- --mutate FILE]`: changes the policy and the token code in one place at a time, and shows the
 * changes that no test notices (docs/mutation.md). `FILE` may end in `:FROM-TO`, its lines, and be given several times. A
 * run of everything writes its scores into docs/mutation.md. Exit code 1 if a file's score is below `LEAST`.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { type Portion, portionsOf } from './portions.ts';
import { asText, isMissed, type MutantResult, scoresOf, table } from './scores.ts';

/** Percent. Files with few mutants have each of their survivors in docs/mutation.md. */
const LEAST = 85;

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'mutation.md');
const PUBLISHED = /(?<=<!-- mutation -->\n)[^]*?(?=\n<!-- \/mutation -->)/;

// The same worlds of the differential tests for every mutant, and few of them.
process.env['SEED'] ??= '1';
process.env['RUNS'] ??= '3000';

const { values } = parseArgs({ options: { mutate: { type: 'string', multiple: true } } });
const results: MutantResult[] = [];
for (const portion of portionsOf(values.mutate)) results.push(...(await testMutants(portion)));
for (const mutant of results.filter(isMissed)) console.log(`${asText(mutant)}\n`);

const scores = scoresOf(results);
console.log(table(scores));
if (values.mutate === undefined) publish(table(scores));
const low = scores.filter(({ percent }) => percent < LEAST);
for (const { file, percent } of low)
  console.error(`${file}: ${percent.toFixed(1)} % is below ${LEAST} %: a test is missing`);
process.exitCode = low.length === 0 ? 0 : 1;

function testMutants({ files, tests }: Portion): Promise<MutantResult[]> {
  return new Stryker({
    mutate: files,
    testRunner: 'jest',
    testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    jest: {
      configFile: 'jest.config.mjs',
      config: { testMatch: tests.map((name) => `<rootDir>/test/${name}.test.ts`) },
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

function publish(text: string): void {
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(
    PAGE,
    page.replace(PUBLISHED, () => text),
  );
}
