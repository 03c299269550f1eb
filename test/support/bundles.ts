/** Builds functions as a user does, into a folder that goes, and runs them as Lambda does. */

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from '@jest/globals';
import { type Invocation, type LocalFunction, startFunction } from '../../sandbox/lambda.ts';
import { auditOf as findAudit } from '../../sandbox/outcome.ts';

export const ROOT = join(import.meta.dirname, '..', '..');

/** All that is built, written out: one that is missing is to be missed. */
export const FUNCTION_NAMES = [
  'authorizer',
  'create-auth-challenge',
  'define-auth-challenge',
  'demo',
  'inbound-federation',
  'post-confirmation',
  'pre-sign-up',
  'pre-token-generation',
  'verify-auth-challenge',
];

const CHECKOUT = ['cli', 'deploy', 'events', 'functions', 'sandbox', 'scripts', 'shared', 'templates'].concat(
  ['package.json', 'policy.yml', 'serverless.yml', 'tsconfig.json'],
);

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end; never throws for its exit code. */
export async function run(
  file: string,
  args: string[],
  options: { input?: string; cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<RunResult> {
  const { input, cwd = ROOT, env } = options;
  const running = promisify(execFile)(file, args, {
    cwd,
    env: env ?? process.env,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (input !== undefined) running.child.stdin?.end(input);
  try {
    return { code: 0, ...(await running) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

// At the end of a file, whatever its tests have come to: a function that goes on running keeps Jest from ending.
const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

/** A folder for one test file; it goes at the file's end. */
export function temporaryFolder(): {
  path: string;
  remove: () => void;
  write: (name: string, text: string) => string;
} {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  const remove = () => rmSync(path, { recursive: true, force: true });
  closers.push(remove);
  return {
    path,
    remove,
    write: (name, text) => {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
  };
}

/** A copy of the sources with this one's dependencies, for what writes beside them (`build/`, `keys.json`). */
export function checkout(folder: string): string {
  const root = join(folder, 'checkout');
  for (const part of CHECKOUT) cpSync(join(ROOT, part), join(root, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return root;
}

/** An environment without AWS: nobody to ask, and nobody to be. `home` has no credentials. */
export function offline(home: string): NodeJS.ProcessEnv {
  return {
    PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH']}`,
    HOME: home,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Builds the command into a folder; gives its path. */
export async function buildCommand(folder: string): Promise<string> {
  const file = join(folder, 'gatehouse.mjs');
  const { code, stderr } = await run(process.execPath, [
    join(ROOT, 'scripts', 'build-cli.ts'),
    '--out',
    folder,
  ]);
  if (code !== 0) throw new Error(stderr);
  return file;
}

export function buildFunctions(
  out: string,
  policyFile = join(ROOT, 'policy.yml'),
  env: Record<string, string> = {},
): Promise<RunResult> {
  const args = [join(ROOT, 'scripts', 'build.ts'), '--policy', policyFile, '--out', out];
  return run(process.execPath, args, { env: { ...process.env, ...env } });
}

/** The functions as they are with a policy of their own. */
export async function functionsWith(policy: string, env: Record<string, string> = {}): Promise<Functions> {
  const folder = temporaryFolder();
  const { code, stderr } = await buildFunctions(folder.path, folder.write('policy.yml', policy), env);
  if (code !== 0) throw new Error(stderr);
  return new Functions(folder.path);
}

/** Starts functions; those that still run at the file's end are stopped. */
export class Functions {
  readonly #started: LocalFunction[] = [];
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    closers.push(() => this.stop());
  }

  start(name: string, env: Record<string, string>): LocalFunction {
    const started = startFunction(join(this.#folder, name, 'index.mjs'), env);
    this.#started.push(started);
    return started;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#started.splice(0).map((each) => each.close()));
  }
}

/** The audit line of an invocation; every decision writes exactly one. */
export function auditOf(invocation: Invocation): Record<string, unknown> {
  const line = findAudit(invocation);
  if (!line) throw new Error('no audit line');
  return line;
}
