/**
 * A user's profile: what has come of each step of welcoming them. It only ever changes by one conditional write, and
 * whoever does a step holds the profile first, so that no step is done by two.
 */

import { type Data, type Item, StoreError } from '../store/ports.ts';

/**
 * `sending`: whoever wrote it was about to send, and has not said since what came of it. It is never sent again by
 * itself: a mail that may be lost is better than one that comes twice. `due`: certainly not sent.
 */
export type WelcomeState = 'none' | 'due' | 'sending' | 'sent' | 'skipped';

export interface Profile {
  username: string;
  /** Epoch seconds; null if nobody saw the confirming, only a token being issued. */
  confirmedAt: number | null;
  groups: Readonly<Record<string, 'due' | 'done'>>;
  welcome: WelcomeState;
  /** Until then (epoch ms) somebody is at work on it; behind it they have ended, one way or another. */
  busyUntil: number;
}

/** What has come of work on a profile. */
export interface Outcome {
  added: readonly string[];
  /** Null if no mail was tried. */
  welcome: WelcomeState | null;
}

/** Longer than any function runs (`timeout` in serverless.yml). */
const WORK_MS = 4000;

/** The groups that are still to be given, of those that the policy still gives. */
export function dueGroups({ groups }: Profile, granted: readonly string[]): string[] {
  return granted.filter((name) => Object.hasOwn(groups, name) && groups[name] === 'due');
}

/** True if nothing is left, a mail of unknown outcome included. */
export function isFinished(profile: Profile, granted: readonly string[]): boolean {
  return dueGroups(profile, granted).length === 0 && !isOpen(profile.welcome);
}

export function isOpen(welcome: WelcomeState): boolean {
  return welcome === 'due' || welcome === 'sending';
}

/** Of a user whose account has been confirmed; every group is still to be given. */
export function newProfile(
  username: string,
  { granted, welcome, nowMs }: { granted: readonly string[]; welcome: WelcomeState; nowMs: number },
): Profile {
  const groups = Object.fromEntries(granted.map((name) => [name, 'due' as const]));
  return { username, confirmedAt: Math.floor(nowMs / 1000), groups, welcome, busyUntil: 0 };
}

/** Held from `nowMs` on. */
export function held(profile: Profile, nowMs: number): Profile {
  return { ...profile, busyUntil: nowMs + WORK_MS };
}

/** `granted`: what the policy does not give any more is struck off. */
export function withOutcome(
  profile: Profile,
  { added, welcome }: Outcome,
  granted: readonly string[],
): Profile {
  const kept = Object.entries(profile.groups).filter(
    ([name, state]) => state === 'done' || granted.includes(name),
  );
  const states = kept.map(
    ([name, state]) => [name, added.includes(name) ? ('done' as const) : state] as const,
  );
  return { ...profile, groups: Object.fromEntries(states), welcome: welcome ?? profile.welcome };
}

/** What is less sure to have reached the person, or to be wanted, comes first. */
const WELCOME_ORDER: readonly WelcomeState[] = ['none', 'due', 'sending', 'skipped', 'sent'];

/**
 * The same where somebody else has written since, who may have sent the mail again: what makes a mail less likely to
 * come twice is kept.
 */
export function withLateOutcome(profile: Profile, outcome: Outcome, granted: readonly string[]): Profile {
  const rank = (welcome: WelcomeState) => WELCOME_ORDER.indexOf(welcome);
  const saysMore = rank(outcome.welcome ?? 'none') > rank(profile.welcome);
  return withOutcome(profile, saysMore ? outcome : { ...outcome, welcome: null }, granted);
}

/** Throws `StoreError` for what is no profile. */
export function profileOf({ data }: Item): Profile {
  const { username, confirmedAt, groups, welcome, busyUntil } = data as Partial<Profile>;
  if (
    typeof username !== 'string' ||
    (confirmedAt !== null && typeof confirmedAt !== 'number') ||
    typeof groups !== 'object' ||
    groups === null ||
    typeof welcome !== 'string' ||
    typeof busyUntil !== 'number'
  )
    throw new StoreError('STORE_MALFORMED');
  return { username, confirmedAt, groups, welcome, busyUntil };
}

export function dataOf(profile: Profile): Data {
  return { ...profile };
}
