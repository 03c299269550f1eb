/** Switches our functions between observing and enforcing, and nothing else of them. */

import { type Mode, modeOf, readFunction, setMode } from '../../shared/pool/functions.ts';
import type { Refusals } from '../../shared/pool/metrics.ts';
import type { Trigger } from '../../shared/pool/triggers.ts';
import { UsageError } from '../failure.ts';
import type { PoolOptions } from './options.ts';
import { countRefusals } from './status.ts';
import { asked, findFunctions } from './targets.ts';

export interface ModeOptions extends PoolOptions {
  since: number;
  yes?: true;
  acceptRefusals?: true;
}

export interface ModeResult {
  mode: Mode;
  functions: { trigger: Trigger; arn: string; was: Mode | 'unknown'; state: 'present' | 'planned' | 'set' }[];
  sinceHours: number;
  /** Before enforcing, what that would have refused lately; null if it is not known, or not asked for. */
  wouldDeny: Refusals[] | null;
  /** Why nothing was set although `--yes` was given. */
  refusal: string | null;
}

/** Throws `UsageError` and `CommandFailure`. */
export async function changeMode(mode: Mode, options: ModeOptions): Promise<ModeResult> {
  const { aws, functions } = await findFunctions(options);
  const entries = Object.entries(functions) as [Trigger, string][];
  if (entries.length === 0)
    throw new UsageError(
      'there is no function to switch\n  help: name the --stack, or a --function trigger=arn',
    );
  const [wouldDeny] = mode === 'enforce' ? await countRefusals(aws, options.since) : [null];
  const refusal = options.yes && mode === 'enforce' && !options.acceptRefusals ? refusalOf(wouldDeny) : null;
  const results: ModeResult['functions'] = [];
  for (const [trigger, arn] of entries) {
    const was = modeOf(await asked(arn, () => readFunction(aws.lambda, arn)));
    const writes = options.yes === true && refusal === null;
    const state = writes
      ? await asked(arn, () => setMode(aws.lambda, arn, mode))
      : was === mode
        ? 'present'
        : 'planned';
    results.push({ trigger, arn, was, state });
  }
  return { mode, functions: results, sinceHours: options.since, wouldDeny, refusal };
}

export function totalOf(refusals: readonly Refusals[]): number {
  return refusals.reduce((sum, { count }) => sum + count, 0);
}

function refusalOf(wouldDeny: Refusals[] | null): string | null {
  if (wouldDeny === null) return 'what would have been refused is not known';
  const total = totalOf(wouldDeny);
  return total > 0 ? `${total} sign-ins and sign-ups would have been refused` : null;
}
