/** A serverless.yml as the framework resolves it, and where in the file a place of it stands. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { isMap, isNode, isScalar, isSeq, LineCounter, Pair, parseDocument } from 'yaml';
import type { Service } from '../shared/deployment/service.ts';
import type { Path } from '../shared/policy/issues.ts';
import { CommandFailure } from './failure.ts';

const TIMEOUT_MS = 60_000;

export interface Stage {
  stage: string;
  /** `name=value`, as the framework's own `--param`. */
  param: string[];
}

/** Asks the framework that is installed beside the file; nothing is fetched. Throws `CommandFailure`. */
export async function readService(file: string, { stage, param }: Stage): Promise<Service> {
  const folder = dirname(resolve(file));
  const bin = join(folder, 'node_modules', '.bin');
  const program = join(bin, 'serverless');
  if (!existsSync(file))
    throw new CommandFailure(`cannot read ${file}\n  help: give the path of a serverless.yml`);
  if (!existsSync(program)) {
    throw new CommandFailure(
      `the Serverless Framework is not installed beside ${file}\n  help: run \`npm ci\` there`,
    );
  }
  const args = ['print', '--format', 'json', '--config', basename(file), '--stage', stage];
  try {
    const { stdout } = await promisify(execFile)(
      program,
      [...args, ...param.flatMap((each) => ['--param', each])],
      {
        cwd: folder,
        // The project's own Node, as npm and npx put it first.
        env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}` },
        timeout: TIMEOUT_MS,
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    return JSON.parse(stdout) as Service;
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string };
    const said =
      `${stderr}\n${stdout}`
        .split(/^Error:$/m)
        .at(-1)
        ?.trim() || String(error);
    throw new CommandFailure(
      `${file} cannot be resolved for stage ${stage}: ${said}\n  help: see \`npx serverless print --stage ${stage}\``,
    );
  }
}

/** Where a place of the resolved file stands in the text, or the nearest that does. Counts from 1. */
export function positionIn(text: string): (path: Path) => { line: number; column: number } {
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter, logLevel: 'silent' });
  return (path) => {
    let node: unknown = contents;
    let offset = 0;
    for (const step of path) {
      const pair = pairOf(node, step);
      if (!pair) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    }
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
}

function pairOf(node: unknown, step: string | number): Pair | undefined {
  if (isMap(node)) return node.items.find(({ key }) => isScalar(key) && key.value === step);
  if (!isSeq(node)) return undefined;
  // `functions` and `resources` may be lists of maps, which the framework merges.
  if (typeof step === 'string') return node.items.map((item) => pairOf(item, step)).find(Boolean);
  const item = node.items[step];
  return item === undefined ? undefined : new Pair(item, item);
}
