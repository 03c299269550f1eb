/** What a token that a person gave says. */

import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import type { Claims } from '../shared/policy/claims.ts';
import { CommandFailure } from './failure.ts';
import { readInput } from './input.ts';

/** The claims of a JWT in a file, or in standard input for `-`. Does not verify, and says so. Throws `CommandFailure`. */
export function tokenClaims(file: string): Claims {
  const token = readInput(file, 'what --token names')
    .trim()
    .replace(/^bearer +/i, '');
  try {
    const { payload } = decomposeUnverifiedJwt(token);
    console.error('note: the token is decoded, not verified');
    return payload;
  } catch {
    throw new CommandFailure(
      `${file} does not hold a JWT\n  help: it has three parts of base64url with dots between`,
    );
  }
}
