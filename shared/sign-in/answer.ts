/** The verify step: whether an answer is right. A right one is used up by the write that finds it right. */

import { inTime } from '../in-time.ts';
import type { SignInPorts } from './ask.ts';
import type { Challenge } from './challenge.ts';
import type { CodeKeys } from './code-keys.ts';
import { hashOf, hashOfName, isSameHash } from './hash.ts';
import {
  isLive,
  type Ledger,
  type Outstanding,
  type Unanswerable,
  whyNoGuess,
  withSignedIn,
  withWrong,
} from './ledger.ts';
import { secretOf } from './link.ts';
import type { SignInMethod } from '../policy/artefact.ts';
import type { SignInRequest } from './request.ts';
import type { ChallengeKind } from './session.ts';
import { WORK_LIMIT_MS } from './time-limit.ts';
import { type Change, changeLedger } from './user-ledger.ts';

/** `right`, or why not, for the log. */
export type Verdict = 'right' | WrongReason;

export type WrongReason =
  | Unanswerable
  | 'wrong'
  | 'not_an_answer'
  | 'method_not_allowed'
  | 'password_missing'
  | 'crowded'
  | 'key_gone';

/** One answer on its way through. */
interface Attempt {
  ports: SignInPorts;
  request: SignInRequest;
  challenge: Challenge;
  keys: CodeKeys;
}

/** Throws what its ports throw: then nothing was answered. */
export function judgeAnswer(
  ports: SignInPorts,
  request: SignInRequest,
  given: { challenge: Challenge | null; answer: unknown },
): Promise<Verdict> {
  return inTime(judge(ports, request, given), WORK_LIMIT_MS);
}

async function judge(
  ports: SignInPorts,
  request: SignInRequest,
  { challenge, answer }: { challenge: Challenge | null; answer: unknown },
): Promise<Verdict> {
  const { plan, signIn } = request;
  if (challenge === null) return 'not_an_answer';
  if (plan.afterSrp && challenge.password !== 'proven') return 'password_missing';
  const form = formOf(answer, challenge.kind, signIn.otp.digits);
  if (form === null) return 'not_an_answer';
  if (!plan.methods.includes(form.method)) return 'method_not_allowed';
  const attempt = (keys: CodeKeys) => {
    const attempted = { ports, request, challenge, keys };
    return form.method === 'email_otp' ? tryCode(attempted, form.secret) : tryLink(attempted, form.secret);
  };
  const verdict = await attempt(await ports.keys.load());
  // A key that is not known may be newer than what is remembered of the keys.
  return verdict === 'key_gone' ? attempt(await ports.keys.load(true)) : verdict;
}

/** Null for what cannot be right whatever is out: it is not looked up, and costs no guess. */
function formOf(
  answer: unknown,
  kind: ChallengeKind,
  digits: number,
): { method: SignInMethod; secret: string } | null {
  if (typeof answer !== 'string') return null;
  if (kind === 'EMAIL_OTP')
    return answer.length === digits && /^[0-9]+$/.test(answer)
      ? { method: 'email_otp', secret: answer }
      : null;
  const secret = secretOf(answer);
  return secret === null ? null : { method: 'magic_link', secret };
}

async function tryCode(attempt: Attempt, code: string): Promise<Verdict> {
  const { request, challenge, ports } = attempt;
  const { client, signIn, subject } = request;
  const now = Math.floor(ports.now() / 1000);
  return settle(attempt, (ledger, hash) => {
    const { code: out } = ledger;
    if (out === null) return { next: null, result: 'none_out' };
    const tried = hash(out, 'code', code);
    if (tried === null) return { next: null, result: 'key_gone' };
    const guess = { client, session: challenge.session, hash: tried };
    const reason = whyNoGuess(ledger, guess, { signIn, now });
    if (reason !== null) return { next: null, result: reason };
    // Who may not sign in is told what anybody is told who guesses wrong.
    return isSameHash(tried, out.hash) && subject.refusal === null
      ? { next: withSignedIn(ledger), result: 'right' }
      : { next: withWrong(ledger, out, { hash: tried, now }), result: 'wrong' };
  });
}

/** No guesses are counted: nobody guesses 256 bits, and so nobody can lock a user's links. */
async function tryLink(attempt: Attempt, secret: string): Promise<Verdict> {
  const { request, challenge, ports } = attempt;
  const { client, signIn, subject } = request;
  const now = Math.floor(ports.now() / 1000);
  return settle(attempt, (ledger, hash) => {
    const { link: out } = ledger;
    if (out === null || !isLive(out, client, now)) return { next: null, result: 'none_out' };
    if (signIn.magicLink?.sameBrowser !== false && out.session !== challenge.session)
      return { next: null, result: 'other_session' };
    const tried = hash(out, 'link', secret);
    if (tried === null) return { next: null, result: 'key_gone' };
    return isSameHash(tried, out.hash) && subject.refusal === null
      ? { next: withSignedIn(ledger), result: 'right' }
      : { next: null, result: 'wrong' };
  });
}

/** The hash of an answer as that of what is out was made; null if its key is not among the keys. */
type Hash = (out: Outstanding, slot: 'code' | 'link', secret: string) => string | null;

async function settle(
  { ports, request, keys }: Attempt,
  decide: (ledger: Ledger, hash: Hash) => Change<Verdict>,
): Promise<Verdict> {
  const { pool, client, countedAs, subject, signIn } = request;
  const user = hashOfName(keys.names, pool, countedAs);
  const hash: Hash = ({ keyId, session }, slot, secret) => {
    const key = [keys.current, keys.previous].find((each) => each?.id === keyId);
    return key
      ? hashOf(key.key, { slot, pool, user, address: subject.address, client, session }, secret)
      : null;
  };
  const place = { store: ports.store, pool, user, signIn };
  return (await changeLedger(place, (ledger) => decide(ledger, hash))) ?? 'crowded';
}
