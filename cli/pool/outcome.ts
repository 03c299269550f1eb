/** What has become of a write, for people and for tools. */

import { Unverified } from '../../shared/pool/apply.ts';
import type { Difference } from '../../shared/pool/differences.ts';
import { hintOf } from '../../shared/pool/failures.ts';
import { type Refusal, Refused } from '../../shared/pool/refusals.ts';
import { type Applied, Conflict } from '../../shared/pool/settle.ts';

/** One pool's, or one app client's. */
export interface Outcome {
  outcome: Applied['outcome'] | 'refused' | 'conflict' | 'failed';
  /** Of what was there before; null if nothing was written. */
  backup: string | null;
  refusals: readonly Refusal[];
  /** `conflict`: where what is there differs from what was meant. */
  differences: { path: string; expected: unknown; actual: unknown }[];
  /** `conflict` and `failed`. */
  error: { name: string; message: string; hint: string } | null;
}

/** Never throws for what AWS answers, or for what `applyChange` finds: each pool has its own outcome. */
export async function outcomeOf(work: () => Promise<Omit<Applied, 'description'>>): Promise<Outcome> {
  const nothing = { backup: null, refusals: [], differences: [], error: null };
  try {
    const { outcome, backup } = await work();
    return { ...nothing, outcome, backup };
  } catch (error) {
    if (error instanceof Refused) return { ...nothing, outcome: 'refused', refusals: error.refusals };
    const { name, message } = error as Error;
    if (!(error instanceof Conflict)) {
      const hint = failureHint(error);
      if (hint === null) throw error;
      return { ...nothing, outcome: 'failed', error: { name, message, hint } };
    }
    const hint = `look into it; the backup has what was there: ${error.backup}`;
    return {
      ...nothing,
      outcome: 'conflict',
      backup: error.backup,
      differences: error.differences.map(asJson),
      error: { name, message, hint },
    };
  }
}

export function isFailure({ outcome }: Outcome): boolean {
  return outcome === 'refused' || outcome === 'conflict' || outcome === 'failed';
}

function failureHint(error: unknown): string | null {
  if (error instanceof Unverified)
    return 'run the same command again: it looks at what is there, and compares';
  return hintOf(error);
}

function asJson({ path, expected, actual }: Difference): Outcome['differences'][number] {
  return { path: path.join('.'), expected: expected ?? null, actual: actual ?? null };
}
