/** What commands read: files, standard input, JSON. */

import { readFileSync } from 'node:fs';
import { CommandFailure } from './failure.ts';

/** A file's text, or standard input for `-`. Throws `CommandFailure` that names the file. */
export function readInput(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new CommandFailure(
      `cannot read ${file} (${reason})\n  help: give the path of a file, or - for standard input`,
    );
  }
}

/** Parses JSON that a person gave. The message does not quote it: it may hold claims. */
export function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandFailure(`${source} is not JSON`);
  }
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
