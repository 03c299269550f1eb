/** Writes a file whole or not at all. */

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf } from '../shared/pool/failures.ts';
import { CommandFailure } from './failure.ts';

/** Makes the folder that it is to be in. Throws `CommandFailure`. */
export function writeWhole(file: string, text: string): void {
  const part = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(part, text);
    renameSync(part, file);
  } catch (error) {
    throw new CommandFailure(`cannot write ${file} (${reasonOf(error)})\n  help: give another --out`);
  }
}
