/** Who or what the words of `gatehouse revoke` and `restore` name. */

import { poolOfIssuer } from '../../shared/policy/principal.ts';
import { printable } from '../../shared/policy/print.ts';
import { POOL_ID } from '../../shared/runtime/config.ts';
import type { CutKind } from '../../shared/store/cuts.ts';
import { CommandFailure, UsageError } from '../failure.ts';
import type { TableOptions } from '../table-options.ts';
import { tokenClaims } from '../token-claims.ts';

export interface NamingOptions extends TableOptions {
  token?: string;
  username?: string;
  email?: string;
}

export interface Named {
  kind: CutKind;
  /** Null: the stack's. */
  pool: string | null;
  /** A person is named by what the pool has to be asked about. */
  by: { value: string } | { username: string } | { email: string };
}

/** The claim of a token that names what a cut of each kind is for. */
const CLAIMS = { user: 'sub', session: 'origin_jti', token: 'jti' } as const;

/** Sort keys hold 1,024 bytes. */
const VALUE = /^[^\p{Cc}]{1,250}$/u;

/** Throws `UsageError`, or `CommandFailure` for a token that does not say. */
export function readNamed(kind: CutKind, argument: string | undefined, options: NamingOptions): Named {
  if (kind === 'all') {
    if (argument !== undefined) throw new UsageError('`all` takes no id\n  help: choose a pool with --pool');
    return { kind, pool: readPool(options.pool), by: { value: '' } };
  }
  const { token, username, email } = options;
  const ways = [argument, token, username, email].filter((way) => way !== undefined);
  if (ways.length !== 1)
    throw new UsageError(
      kind === 'user'
        ? 'name the user in one way: by `sub`, or with --username, --email or --token'
        : `name the ${kind} by its id${kind === 'client' ? '' : ', or with --token'}`,
    );
  if (token !== undefined && kind !== 'client') return ofToken(kind, token, options.pool);
  const [value = ''] = ways;
  if (!VALUE.test(value)) throw new UsageError(`${printable(value.slice(0, 50))} names nothing`);
  const pool = readPool(options.pool);
  if (username !== undefined) return { kind, pool, by: { username } };
  return { kind, pool, by: email === undefined ? { value } : { email } };
}

function ofToken(kind: keyof typeof CLAIMS, file: string, given: string | undefined): Named {
  const name = CLAIMS[kind];
  const { iss, [name]: value } = tokenClaims(file);
  if (typeof value !== 'string' || !VALUE.test(value))
    throw new CommandFailure(
      `the token has no ${name}\n  help: ${name === 'origin_jti' ? 'only tokens of app clients with token revocation have one; ' : ''}cut its user`,
    );
  const issuer = typeof iss === 'string' ? iss : '';
  const pool = readPool(poolOfIssuer(issuer) ?? issuer);
  if (given !== undefined && given !== pool)
    throw new UsageError(`the token is not of --pool ${printable(given)}`);
  return { kind, pool, by: { value } };
}

/** Null for none. */
export function readPool(pool: string | undefined): string | null {
  if (pool === undefined) return null;
  const isIssuer = URL.canParse(pool) && /^https?:\/\/[^\s\p{Cc}]+$/u.test(pool);
  if (!POOL_ID.test(pool) && !isIssuer)
    throw new UsageError(
      `${printable(pool)} is no user pool id\n  help: it looks like eu-west-1_AbCdEf123; another issuer is named by its URL`,
    );
  return pool;
}
