/** Functions and command as their users build them, in a folder that goes. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..');

export interface Built {
  /** The bundle of a function. */
  file: (name: string) => string;
  policyFile: string;
  /** Runs `gatehouse`; never throws for its exit code. */
  gatehouse: (
    args: string[],
    env: Record<string, string>,
  ) => Promise<{ code: number; stdout: string; stderr: string }>;
  remove: () => void;
}

export async function buildFor(policy: string): Promise<Built> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-guarantees-'));
  const policyFile = join(folder, 'policy.yml');
  writeFileSync(policyFile, policy);
  await script('build.ts', ['--policy', policyFile, '--out', join(folder, 'build')]);
  await script('build-cli.ts', ['--out', join(folder, 'dist')]);
  return {
    file: (name) => join(folder, 'build', name, 'index.mjs'),
    policyFile,
    gatehouse: (args, env) => run([join(folder, 'dist', 'gatehouse.mjs'), ...args], env),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function script(name: string, args: string[]): Promise<void> {
  const { code, stderr } = await run([join(ROOT, 'scripts', name), ...args], process.env);
  if (code !== 0) throw new Error(stderr);
}

async function run(args: string[], env: NodeJS.ProcessEnv) {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, args, { cwd: ROOT, env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}
