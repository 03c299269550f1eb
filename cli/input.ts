/** What commands read: files, standard input, JSON. What may hold claims or a token is never quoted in an error. */

import { createReadStream, readFileSync } from 'node:fs';
import { CommandFailure } from './failure.ts';

/** A file's text, or standard input for `-`. Throws `CommandFailure` that names the file, or `what` it is. */
export function readInput(file: string, what = file): string {
  return decodeUtf8(readBytes(file, what)) ?? fail(what, 'is not UTF-8 text', 'save it as UTF-8');
}

/**
 * The lines of a JSON Lines file, or of standard input for `-`: split at line feeds and nowhere else, because JSON text
 * may hold other line separators. Null for a line that is not UTF-8.
 */
export async function* readLines(file: string): AsyncGenerator<string | null> {
  const input: AsyncIterable<Buffer> = file === '-' ? process.stdin : createReadStream(file);
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of input) {
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(LINE_FEED); end !== -1; end = rest.indexOf(LINE_FEED)) {
        yield decodeUtf8(rest.subarray(0, end));
        rest = rest.subarray(end + 1);
      }
    }
  } catch (error) {
    unreadable(file, error);
  }
  if (rest.length > 0) yield decodeUtf8(rest);
}

/** Parses JSON that a person gave. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return fail(what, 'is not JSON', 'check its quotes and commas');
  }
}

/** True for text that is meant as JSON and not as the name of a file. */
export function isInlineJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const LINE_FEED = 0x0a;

function readBytes(file: string, what: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    return unreadable(what, error);
  }
}

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function unreadable(what: string, error: unknown): never {
  const { code = 'unreadable' } = error as NodeJS.ErrnoException;
  throw new CommandFailure(
    `cannot read ${what} (${code})\n  help: give the path of a file, or - for standard input`,
  );
}

function fail(what: string, problem: string, help: string): never {
  throw new CommandFailure(`${what} ${problem}\n  help: ${help}`);
}
