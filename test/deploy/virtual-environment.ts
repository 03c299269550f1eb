/** Python tools at pinned versions, in a virtual environment below `.venv`; made once for each list of versions. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** The environment's `bin` folder; or, where Python or a package is not to be had, why not. */
export type Tools = { bin: string } | { missing: string };

/** `what` is skipped without them, and said so. */
export function installTools(requirements: string, what: string): Tools {
  const file = join(import.meta.dirname, requirements);
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
  const folder = join(ROOT, '.venv', digest);
  const done = join(folder, 'installed');
  const bin = join(folder, 'bin');
  if (existsSync(done)) return { bin };
  try {
    rmSync(folder, { recursive: true, force: true });
    run('python3', ['-m', 'venv', folder]);
    run(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', file]);
    writeFileSync(done, '');
    return { bin };
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    const missing = stderr.trim().split('\n').at(-1) || message;
    process.stderr.write(`skipped: ${what}: ${requirements} cannot be installed: ${missing}\n`);
    return { missing };
  }
}

function run(program: string, args: string[]): void {
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], timeout: 600_000 });
}
