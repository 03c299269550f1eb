/** What a command is about, once the pool has been asked. Loads the SDK: import it lazily. */

import { printable } from '../../shared/policy/print.ts';
import { POOL_ID } from '../../shared/runtime/config.ts';
import type { CutSubject } from '../../shared/store/cuts.ts';
import { reasonOf } from '../../shared/pool/failures.ts';
import { CommandFailure, UsageError } from '../failure.ts';
import type { OpenTable } from '../open-table.ts';
import { type Named, type NamingOptions, readPool } from './named.ts';
import { openPool, type Person, type PoolUsers } from './people.ts';

export interface Subjects {
  pool: string;
  subjects: CutSubject[];
  /** The users among them that the pool knows, by `sub`. */
  people: ReadonlyMap<string, Person>;
  users: PoolUsers | null;
}

/** Throws `UsageError` without a pool, `CommandFailure` for a user who is not found. */
export async function findSubjects(
  named: Named,
  options: NamingOptions,
  { stack }: OpenTable,
): Promise<Subjects> {
  const pool = named.pool ?? readPool(stack?.poolId ?? undefined);
  if (pool === null)
    throw new UsageError('the user pool is missing\n  help: give --pool, or --stack, which knows it');
  const { kind } = named;
  if (kind !== 'user')
    return { pool, subjects: [{ kind, pool, ...valueOf(named) }], people: new Map(), users: null };
  const users = POOL_ID.test(pool) ? await openPool(pool, options) : null;
  const found = await findPeople(named, users, pool);
  const people = new Map(found.map((person) => [person.sub, person]));
  const subs = 'value' in named.by ? [named.by.value] : [...people.keys()];
  return { pool, subjects: subs.map((value) => ({ kind, pool, value })), people, users };
}

/** `jane (f0a1…)`: what a person can check before `--yes`. */
export function shownSubject({ kind, pool, value }: CutSubject, people: Subjects['people']): string {
  if (kind === 'all') return `everybody of ${printable(pool)}`;
  const person = people.get(value);
  const name = person && person.username !== value ? ` (${printable(person.username)})` : '';
  return `${kind} ${printable(value)}${name} of ${printable(pool)}`;
}

function valueOf({ by }: Named): { value: string } {
  return { value: 'value' in by ? by.value : '' };
}

/** A `sub` is taken as it is; whether the pool has it is said, for a slip of the pen would cut off nobody. */
async function findPeople({ by }: Named, users: PoolUsers | null, pool: string): Promise<Person[]> {
  if (!('value' in by)) return findNamed(by, users, pool);
  if (users === null) return [];
  const found = await users.find('sub', by.value).catch((error: Error) => {
    console.error(`note: user pool ${pool} was not asked whether it has this user (${reasonOf(error)})`);
    return null;
  });
  if (found?.length === 0)
    console.error(`note: user pool ${pool} has no user with this sub, or not any more`);
  return found ?? [];
}

async function findNamed(
  by: { username: string } | { email: string },
  users: PoolUsers | null,
  pool: string,
): Promise<Person[]> {
  if (users === null)
    throw new UsageError(`${pool} is no user pool that could be asked\n  help: name the user by \`sub\``);
  const [how, value] = 'email' in by ? (['email', by.email] as const) : (['username', by.username] as const);
  const found = await users.find(how, value).catch((cause: Error) => {
    throw new CommandFailure(
      `user pool ${pool} cannot be asked for its users (${reasonOf(cause)})\n  help: it takes cognito-idp:ListUsers; or name the user by \`sub\``,
      { cause },
    );
  });
  if (found.length === 0)
    throw new CommandFailure(
      `user pool ${pool} has no user with this ${how}\n  help: it is compared as the pool has it, letter by letter; a user who is deleted is named by \`sub\``,
    );
  return found;
}
