/** Which tests judge a mutant: every mutant loads all of them, so they are those that ask its file most, and quickly. */

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface Portion {
  /** For Stryker: files, each perhaps with `:FROM-TO`. */
  files: string[];
  /** Test files below test/, without their ending. */
  tests: readonly string[];
}

const FOLDERS = ['shared/policy', 'shared/policy/iam', 'shared/token'];

/** Where it is not the unit test of the same name. The first that names a file counts. */
const TESTS: { of: RegExp; tests: readonly string[] }[] = [
  { of: /policy\/iam\//, tests: ['unit/caller'] },
  { of: /\/schema\./, tests: ['unit/schema', 'unit/json-schema', 'unit/compile'] },
  { of: /\/cedar/, tests: ['unit/cedar'] },
  { of: /\/yaml\./, tests: ['unit/yaml', 'unit/parse'] },
  { of: /policy\/(sign-in|sign-in-issues)\./, tests: ['unit/sign-in-plan', 'unit/parse'] },
  { of: /\/duration\./, tests: ['unit/compile'] },
  { of: /\/(parse|describe|shape|references|cycles|issues|untyped)\./, tests: ['unit/parse'] },
  { of: /\/(decide|conditions|routes)\./, tests: ['unit/decide', 'unit/explain'] },
  { of: /\/memberships\./, tests: ['unit/memberships', 'unit/decide'] },
  { of: /\/(principal|claims)\./, tests: ['unit/principal', 'unit/decide'] },
  { of: /\/group-names\./, tests: ['unit/principal', 'unit/schema'] },
  { of: /\/(domain|domain-pattern|idna)\./, tests: ['unit/domain'] },
  { of: /\/(sign-up|messages|disposable)\./, tests: ['unit/sign-up'] },
  { of: /\/(tokens|reserved-claims)\./, tests: ['unit/tokens'] },
  { of: /\/(federation|idp-groups|vouching)\./, tests: ['unit/federation', 'unit/tokens'] },
  { of: /\/(token-size|warnings)\./, tests: ['unit/token-size'] },
  { of: /\/mailbox\./, tests: ['unit/linking', 'unit/invitation'] },
  { of: /token\/(verifier|keys)\./, tests: ['unit/verifier', 'unit/keys'] },
  { of: /token\/errors\./, tests: ['unit/bearer', 'unit/judge-failure', 'unit/keys'] },
];

/** Types and nothing else, or names that only the compiler compares. */
const WITHOUT_MUTANTS = /policy\/(artefact|issues|codes)\./;

/** Files by the tests that judge them. Throws for a file that has none. */
export function portionsOf(wanted: readonly string[]): Portion[] {
  const portions = new Map<string, Portion>();
  for (const file of wanted) {
    const tests = testsOf(file);
    const portion = portions.get(tests.join()) ?? { files: [], tests };
    portion.files.push(file);
    portions.set(tests.join(), portion);
  }
  return [...portions.values()];
}

function testsOf(file: string): readonly string[] {
  const listed = TESTS.find(({ of }) => of.test(file));
  if (listed) return listed.tests;
  const own = `unit/${basename(file).split('.')[0]}`;
  if (existsSync(join('test', `${own}.test.ts`))) return [own];
  throw new Error(`no tests are known of ${file}\n  help: name them in test/mutation/portions.ts`);
}

export function filesWithMutants(): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  ).filter((file) => !WITHOUT_MUTANTS.test(file));
}
