/**
 * What is kept of a user who signs in by mail: the code and the link that are out, and how often was guessed and
 * mailed. One item, so that one conditional write takes a code, counts a guess, or lets one of two mails go. Pure.
 *
 * The same is kept of a name that nobody has.
 */

import type { CompiledSignIn } from '../policy/artefact.ts';
import { BACK_AFTER_SECONDS, guessesInARow, MAILS_IN_A_ROW } from '../policy/sign-in.ts';

/** A limit that fills up again: `spent` at the time `at`, and one back every `BACK_AFTER_SECONDS`. */
export interface Spending {
  spent: number;
  /** Epoch seconds. */
  at: number;
}

/** A code or link that is out. */
export interface Outstanding {
  /** Keyed: `hash.ts`. */
  hash: string;
  /** The key of the hash. */
  keyId: string;
  client: string;
  /** The id of the session for which it was made. */
  session: string;
  madeAt: number;
  expiresAt: number;
  /** Hashes of the wrong answers: the same one twice, or a repeated event, counts once. */
  wrong: readonly string[];
}

export interface Ledger {
  mails: Spending;
  guesses: Spending;
  /** Epoch seconds of the last mail; null once a sign-in came of it. */
  mailedAt: number | null;
  code: Outstanding | null;
  link: Outstanding | null;
}

export const EMPTY: Ledger = {
  mails: { spent: 0, at: 0 },
  guesses: { spent: 0, at: 0 },
  mailedAt: null,
  code: null,
  link: null,
};

/** What is asked for: `session` is the id of the asking session. */
export interface Wish {
  slot: 'code' | 'link';
  client: string;
  session: string;
}

/**
 * `make`: a new one may go out. `join`: the one that is out is good for this session too, as for an event that comes
 * again. `wait`: neither; the answer looks as if there were one.
 */
export type Grant = { kind: 'make' } | { kind: 'join'; out: Outstanding } | { kind: 'wait' };

export function grant(
  ledger: Ledger,
  wish: Wish,
  { signIn, now }: { signIn: CompiledSignIn; now: number },
): Grant {
  const tooSoon = ledger.mailedAt !== null && now < ledger.mailedAt + signIn.resendAfterSeconds;
  if (!tooSoon && left(ledger.mails, MAILS_IN_A_ROW, now) >= 1) return { kind: 'make' };
  const out = ledger[wish.slot];
  // A link that is tied to a browser is not for another session, whoever began that.
  const tied = wish.slot === 'link' && signIn.magicLink?.sameBrowser === true;
  return out !== null && isLive(out, wish.client, now) && (!tied || out.session === wish.session)
    ? { kind: 'join', out }
    : { kind: 'wait' };
}

/** The ledger when something goes out; what was out before in its place is void. */
export function withMade(ledger: Ledger, slot: Wish['slot'], made: Outstanding): Ledger {
  const { madeAt } = made;
  return { ...ledger, mails: spend(ledger.mails, madeAt), mailedAt: madeAt, [slot]: made };
}

/** Why an answer is not even compared. */
export type Unanswerable = 'none_out' | 'other_session' | 'attempts_spent' | 'guesses_spent' | 'repeated';

/** A guess at the code that is out; `hash` is that of the answer, with the key of the code. */
export interface Guess {
  client: string;
  session: string;
  hash: string;
}

/** Null if a code may be guessed at. */
export function whyNoGuess(
  { code, guesses }: Ledger,
  { client, session, hash }: Guess,
  { signIn: { otp }, now }: { signIn: CompiledSignIn; now: number },
): Unanswerable | null {
  if (code === null || !isLive(code, client, now)) return 'none_out';
  if (code.session !== session) return 'other_session';
  if (code.wrong.includes(hash)) return 'repeated';
  if (code.wrong.length >= otp.attempts) return 'attempts_spent';
  return left(guesses, guessesInARow(otp), now) < 1 ? 'guesses_spent' : null;
}

/** The ledger after a wrong code. */
export function withWrong(
  ledger: Ledger,
  code: Outstanding,
  { hash, now }: { hash: string; now: number },
): Ledger {
  return { ...ledger, guesses: spend(ledger.guesses, now), code: { ...code, wrong: [...code.wrong, hash] } };
}

/** The ledger after a sign-in: nothing is out any more. What was spent stays spent. */
export function withSignedIn(ledger: Ledger): Ledger {
  return { ...ledger, code: null, link: null, mailedAt: null };
}

export function isLive({ client: madeFor, expiresAt }: Outstanding, client: string, now: number): boolean {
  return madeFor === client && now < expiresAt;
}

/** Epoch seconds from which on the ledger says what an empty one says. */
export function forgettableAt(
  { mails, guesses, mailedAt, code, link }: Ledger,
  signIn: CompiledSignIn,
): number {
  return Math.ceil(
    Math.max(
      ...[mails, guesses].map(({ spent, at }) => at + spent * BACK_AFTER_SECONDS),
      (mailedAt ?? 0) + signIn.resendAfterSeconds,
      code?.expiresAt ?? 0,
      link?.expiresAt ?? 0,
    ),
  );
}

function left(spending: Spending, most: number, now: number): number {
  return most - spentAt(spending, now);
}

function spend(spending: Spending, now: number): Spending {
  // A clock that runs behind another's gives nothing back.
  return { spent: spentAt(spending, now) + 1, at: Math.max(now, spending.at) };
}

function spentAt({ spent, at }: Spending, now: number): number {
  return Math.max(0, spent - Math.max(0, now - at) / BACK_AFTER_SECONDS);
}
