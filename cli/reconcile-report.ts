/** What `gatehouse reconcile` prints: a line for each user as they are found, so that a million take no memory. */

import type { Unfinished } from '../shared/onboarding/reconcile.ts';
import { printable } from '../shared/policy/print.ts';
import { maskedUser } from '../shared/pool/users.ts';
import type { ReconcileOptions } from './commands/reconcile.ts';
import type { Found } from './reconcile-pool.ts';

/** A progress line is due after so long, for whoever waits. */
const PROGRESS_MS = 5000;

type State = 'unfinished' | 'unrecorded' | 'busy' | 'repaired' | 'gone';

export class ReconcileReport {
  readonly #options: ReconcileOptions;
  #looked = 0;
  #found = 0;
  #left = 0;
  #nextProgress = Date.now() + PROGRESS_MS;

  constructor(options: ReconcileOptions) {
    this.#options = options;
  }

  readonly looked = (users: number): void => {
    this.#looked += users;
    if (Date.now() < this.#nextProgress) return;
    this.#nextProgress = Date.now() + PROGRESS_MS;
    console.error(`${this.#looked} users looked at, ${this.#found} found`);
  };

  show(found: Found): void {
    const state = stateOf(found);
    this.#found++;
    if (state !== 'repaired' && !(state === 'gone' && this.#options.yes)) this.#left++;
    const { who, email, missing, repaired } = found;
    const name = this.#options.showUsers
      ? (email ?? who.username)
      : maskedUser({ username: who.username, email });
    const left = repaired ? repaired.left : missing;
    const problems = [...new Set((repaired?.errors ?? []).map(codeOf))];
    if (this.#options.json) {
      const row = {
        user: who.user,
        name,
        groups: left?.groups ?? [],
        welcome: left?.welcome ?? null,
        state,
        problems,
      };
      process.stdout.write(`${this.#found === 1 ? this.#head() : ','}\n  ${JSON.stringify(row)}`);
      return;
    }
    const told = [
      ...(repaired?.added.length ? [`given ${repaired.added.join(', ')}`] : []),
      ...tell(left),
      ...problems,
    ];
    console.log(printable([state.padEnd(10), who.user, name, told.join('; ')].join('  ').trimEnd()));
  }

  /** Not before there is something to say: a table that cannot be read leaves no half of a JSON text. */
  #head(): string {
    return `{"dryRun": ${this.#options.yes !== true}, "users": [`;
  }

  /** How many users are not through. */
  end(): number {
    const { json, yes } = this.#options;
    if (json) console.log(`${this.#found === 0 ? this.#head() : '\n'}], "left": ${this.#left}}`);
    else if (this.#found === 0) console.log('nothing is missing');
    if (!yes && this.#found > 0) console.error('note: nothing was written; --yes writes it');
    return this.#left;
  }
}

function stateOf({ missing, repaired }: Found): State {
  if (missing === null || repaired?.gone) return 'gone';
  if (repaired !== null && repaired.left === null) return 'repaired';
  if (missing.busy) return 'busy';
  return missing.recorded || repaired !== null ? 'unfinished' : 'unrecorded';
}

function tell(left: Unfinished | null): string[] {
  if (left === null) return [];
  const { groups, welcome } = left;
  return [
    ...(groups.length > 0 ? [`groups ${groups.join(', ')}`] : []),
    ...(welcome === null
      ? []
      : [welcome === 'unsent' ? 'welcome mail not sent' : 'welcome mail perhaps sent']),
  ];
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name);
}
