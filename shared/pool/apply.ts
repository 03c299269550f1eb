/**
 * Changes what AWS replaces as a whole, a pool or an app client, and loses nothing: reads it raw, remembers it, writes it,
 * reads it again and compares. Whatever another has written since is left alone (design section 5).
 */

import { discardBackup, saveBackup, settleBackup } from './backup.ts';
import { isAgain, isUncertain } from './failures.ts';
import type { Raw, Sent } from './raw.ts';
import {
  type Applied,
  finishInterrupted,
  interruptedWrite,
  type Replaceable,
  settle,
  settleAll,
  type Write,
} from './settle.ts';

/** What a description is to become; null if it is that already. Asked again of each new reading; may throw `Refused`. */
export type Change = (description: Raw) => Raw | null;

export interface ApplyOptions {
  backups: string;
  /** Before the attempt with this number, from 2 on. */
  pause?: (attempt: number) => Promise<void>;
  attempts?: number;
}

/** The write was answered, or may have arrived, and then the pool could not be read. */
export class Unverified extends Error {
  override readonly name = 'Unverified';
}

/** Throws `Conflict`, `Refused`, `Unverified`, and what AWS answers to a write that it does not take: then nothing was changed. */
export async function applyChange(
  target: Replaceable,
  change: Change,
  { backups, pause = backOff, attempts = 8 }: ApplyOptions,
): Promise<Applied> {
  for (let attempt = 1; ; attempt += 1) {
    if (attempt > 1) await pause(attempt);
    const before = await target.describe();
    const wanted = change(before);
    const interrupted = interruptedWrite(target, before, backups);
    if (wanted === null) {
      const applied = finishInterrupted(interrupted, before);
      settleAll(target, backups);
      return applied;
    }
    const write: Write = {
      before,
      wanted,
      request: target.requestOf(wanted, false),
      backup: saveBackup(backups, target.key, { before, wanted }),
    };
    const sent = await send(target, write, attempt < attempts);
    if (sent === 'again') continue;
    const after = await readBack(target);
    // Did it arrive? If the change is not there, it did not, or another has taken it off again: from the start.
    if (sent === 'uncertain' && change(after) !== null) {
      if (attempt < attempts) continue;
      throw new Unverified('AWS does not answer, and the change is not there');
    }
    const applied = await settle(target, write, { after, sent });
    const backup = settleBackup(write.backup);
    settleAll(target, backups);
    return { ...applied, backup };
  }
}

async function send(
  target: Replaceable,
  { request, backup }: Write,
  mayRepeat: boolean,
): Promise<Sent | 'again' | 'uncertain'> {
  try {
    return await target.update(request);
  } catch (error) {
    if (isUncertain(error)) return 'uncertain';
    // Not taken: there is nothing to remember.
    discardBackup(backup);
    if (isAgain(error) && mayRepeat) return 'again';
    throw error;
  }
}

async function readBack(target: Replaceable): Promise<Raw> {
  try {
    return await target.describe();
  } catch (cause) {
    throw new Unverified('the write was sent, and then the description could not be read', { cause });
  }
}

/** One second, then twice as long each time, up to eight: the quota is five calls a second (contracts E3). */
function backOff(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** (attempt - 1), 8000)));
}
