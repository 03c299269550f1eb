/** Adds a user to groups, as patiently as the time allows. */

import { groupErrorCode, type Groups, type Member } from './ports.ts';

export interface Time {
  /** Epoch ms. */
  now: () => number;
  sleep?: (ms: number) => Promise<unknown>;
}

export interface Patience extends Time {
  /** No attempt starts after this, epoch ms. */
  until: number;
  random?: () => number;
}

// Cognito takes 25 such calls a second from a whole account (contracts B4): whoever is refused waits, each another while.
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;

/** What was added, and why the rest was not. Never throws. */
export async function addGroups(
  groups: Groups,
  { member, names }: { member: Member; names: readonly string[] },
  patience: Patience,
): Promise<{ added: string[]; errors: unknown[] }> {
  const added: string[] = [];
  const errors: unknown[] = [];
  for (const name of names) {
    try {
      await addPatiently(() => groups.add(member, name), patience);
      added.push(name);
    } catch (error) {
      errors.push(error);
      // A group that is refused says nothing of the next; anything else does.
      if (groupErrorCode(error) !== 'GROUP_REFUSED') break;
    }
  }
  return { added, errors };
}

async function addPatiently(add: () => Promise<void>, patience: Patience): Promise<void> {
  const { until, now, sleep = pause, random = Math.random } = patience;
  for (let attempt = 0; ; attempt++) {
    try {
      return await add();
    } catch (error) {
      const code = groupErrorCode(error);
      if (code !== 'GROUP_THROTTLED' && code !== 'GROUP_UNREACHABLE') throw error;
      const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
      const wait = longest * (0.5 + random() / 2);
      if (now() + wait > until) throw error;
      await sleep(wait);
    }
  }
}

function pause(ms: number): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
