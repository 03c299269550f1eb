/** `gatehouse restore` and `gatehouse revoke list`: what is blocked and cut off, and taking it back. Loads the SDK: import it lazily. */

import { type BlockSubject, listBlocks, unblock } from '../../shared/store/blocks.ts';
import { appendCuts } from '../../shared/store/cut-journal.ts';
import { type Cut, Cuts, type CutSubject } from '../../shared/store/cuts.ts';
import type { Store } from '../../shared/store/ports.ts';
import { dateOf } from '../expiry.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { withTable } from '../table-options.ts';
import { type Named, type NamingOptions, readPool } from './named.ts';
import { findSubjects, shownSubject } from './subjects.ts';

export interface RestoreOptions extends NamingOptions {
  cut?: true;
  yes?: true;
  json?: true;
}

interface Restored extends CutSubject {
  block: 'lifted' | 'none';
  cut: 'taken back' | 'stays' | 'none';
}

/** A block is lifted; a cut is taken back only where that is said, for tokens of before are good again then. */
export async function restore(named: Named, options: RestoreOptions): Promise<ExitCode> {
  return withTable(options, async (store, table) => {
    const { subjects, people } = await findSubjects(named, options, table);
    const write = options.yes === true;
    const held = await cutsIn(store);
    const restored: Restored[] = [];
    for (const subject of subjects)
      restored.push({
        ...subject,
        block: await liftBlock(store, subject, write),
        cut: await takeBack(store, held.find(isOf(subject)), { write, asked: asksForCut(subject, options) }),
      });
    if (options.json) console.log(JSON.stringify({ dryRun: !write, restored }, null, 2));
    else
      for (const each of restored)
        console.log(`${shownSubject(each, people)}: block ${each.block}, cut ${each.cut}`);
    if (restored.some(({ cut }) => cut === 'stays'))
      console.error(
        'note: the cut stays, and a new sign-in passes it; --cut makes tokens of before good again',
      );
    if (!write) console.error('note: nothing was written; --yes writes it');
    return EXIT.ok;
  });
}

async function liftBlock(
  store: Store,
  { kind, pool, value }: CutSubject,
  write: boolean,
): Promise<Restored['block']> {
  if (kind !== 'user' && kind !== 'client') return 'none';
  return (await unblock(store, { kind, pool, value }, { write })) ? 'lifted' : 'none';
}

async function takeBack(
  store: Store,
  cut: Cut | undefined,
  { write, asked }: { write: boolean; asked: boolean },
): Promise<Restored['cut']> {
  if (cut === undefined) return 'none';
  if (!asked) return 'stays';
  // It must be found as long as the cut: whoever reads the journal anew would take the cut for good.
  if (write) await appendCuts(store, [{ ...cut, at: null }]);
  return 'taken back';
}

/** Of a session, a token and everybody there are only cuts. */
function asksForCut({ kind }: CutSubject, { cut }: RestoreOptions): boolean {
  return cut === true || (kind !== 'user' && kind !== 'client');
}

function isOf({ kind, pool, value }: CutSubject): (cut: Cut) => boolean {
  return (cut) => cut.kind === kind && cut.pool === pool && cut.value === value;
}

/** The cuts that hold, and the blocks of the pools that they, `--pool` or the stack name. */
export async function list(options: RestoreOptions): Promise<ExitCode> {
  return withTable(options, async (store, { stack }) => {
    const chosen = readPool(options.pool);
    const cuts = (await cutsIn(store)).filter(({ pool }) => chosen === null || pool === chosen);
    const pools = chosen === null ? [stack?.poolId, ...cuts.map(({ pool }) => pool)] : [chosen];
    const blocks: (BlockSubject & { since: number | null })[] = [];
    for (const pool of new Set(pools.filter((each) => each != null)))
      for await (const each of listBlocks(store, pool)) blocks.push(each);
    if (options.json) {
      const shownCuts = cuts.map(({ at, expiresAt, ...rest }) => ({
        ...rest,
        at: dateOf(at),
        expires: dateOf(expiresAt),
      }));
      const shownBlocks = blocks.map(({ since, ...rest }) => ({ ...rest, since: dateOf(since) }));
      console.log(JSON.stringify({ cuts: shownCuts, blocks: shownBlocks }, null, 2));
      return EXIT.ok;
    }
    const nobody = new Map();
    for (const each of cuts)
      console.log(
        `cut    ${shownSubject(each, nobody)}: sign-ins up to ${dateOf(each.at)}, kept until ${dateOf(each.expiresAt)?.slice(0, 10) ?? 'it is taken back'}`,
      );
    for (const each of blocks)
      console.log(`block  ${shownSubject(each, nobody)}: since ${dateOf(each.since)}`);
    return EXIT.ok;
  });
}

async function cutsIn(store: Store): Promise<Cut[]> {
  const cuts = new Cuts();
  await cuts.readOn(store);
  return [...cuts.list(Date.now() / 1000)];
}
