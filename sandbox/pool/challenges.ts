/** What the pool asks of somebody who signs in, and remembers until the answer: each question is answered once. */

import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Directory, User } from './directory.ts';
import { PoolError } from './errors.ts';
import { Sessions } from './sessions.ts';
import { type AppClient, POOL_ID, type PoolSettings } from './settings.ts';
import { type SrpExchange, startSrp, toHex } from './srp.ts';
import { toMap } from './attributes.ts';

/** Somebody on the way in. */
export interface Attempt {
  client: AppClient;
  /** As they wrote it. */
  name: string;
  /** Null: nobody of this name, and the client does not tell (`PreventUserExistenceErrors`). */
  user: User | null;
}

/** An entry of `session`, as the custom auth triggers read it (contracts B7). */
export interface Round {
  challengeName: string;
  challengeResult: boolean;
  challengeMetadata: string | null;
}

export interface Question {
  /** Null outside of custom auth. */
  rounds: Round[] | null;
  challenge:
    | { name: 'PASSWORD_VERIFIER'; exchange: SrpExchange }
    | { name: 'NEW_PASSWORD_REQUIRED' }
    | { name: 'CUSTOM_CHALLENGE'; privateParameters: Record<string, string>; metadata: string | null };
}

export interface ChallengeOutput {
  ChallengeName: string;
  Session?: string;
  ChallengeParameters: Record<string, string>;
}

interface Kept extends Question {
  clientId: string;
  name: string;
  userId: string;
}

const DEFAULT_SESSION_MINUTES = 3;

export class Challenges {
  readonly #directory: Directory;
  readonly #sessions: Sessions<Kept>;
  readonly #secret = randomBytes(32);

  constructor(directory: Directory, settings: Pick<PoolSettings, 'now'>) {
    this.#directory = directory;
    this.#sessions = new Sessions(settings.now);
  }

  /** The server's half of SRP. Somebody unknown is asked in the same way, and for a password that nobody has. */
  passwordVerifier(attempt: Attempt, srpA: string, rounds: Round[] | null): ChallengeOutput {
    const userId = this.userIdOf(attempt);
    const salt = this.#hash(`salt ${userId}`).subarray(0, 16);
    const password = attempt.user?.Password ?? randomUUID();
    const exchange = startSrp(srpA, { poolName: POOL_ID.split('_')[1] ?? '', userId, password, salt });
    if (!exchange)
      throw new PoolError('InvalidParameterException', 'SRP_A is not a public value of this group.');
    const block = this.#keep(attempt, { rounds, challenge: { name: 'PASSWORD_VERIFIER', exchange } });
    return {
      ChallengeName: 'PASSWORD_VERIFIER',
      ...(rounds ? { Session: block } : {}),
      ChallengeParameters: {
        SALT: toHex(salt),
        SECRET_BLOCK: block,
        SRP_B: toHex(exchange.serverPublic),
        USERNAME: userId,
        USER_ID_FOR_SRP: userId,
      },
    };
  }

  newPassword(attempt: Attempt, rounds: Round[] | null): ChallengeOutput {
    const { sub: _, ...attributes } = toMap(attempt.user?.Attributes);
    return {
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: this.#keep(attempt, { rounds, challenge: { name: 'NEW_PASSWORD_REQUIRED' } }),
      ChallengeParameters: {
        USER_ID_FOR_SRP: this.userIdOf(attempt),
        requiredAttributes: '[]',
        userAttributes: JSON.stringify(attributes),
      },
    };
  }

  custom(
    attempt: Attempt,
    question: Question & { challenge: { name: 'CUSTOM_CHALLENGE' } },
    publicParameters: Record<string, string>,
  ): ChallengeOutput {
    return {
      ChallengeName: 'CUSTOM_CHALLENGE',
      Session: this.#keep(attempt, question),
      ChallengeParameters: { ...publicParameters, USERNAME: this.userIdOf(attempt) },
    };
  }

  /** The question that a response answers. Whatever does not fit it spends it too. */
  async answered(
    input: { ChallengeName: string; Session?: string; ChallengeResponses: Record<string, string> },
    client: AppClient,
  ): Promise<{ attempt: Attempt; question: Question }> {
    const { ChallengeName: name, ChallengeResponses: responses } = input;
    const block = name === 'PASSWORD_VERIFIER' ? responses['PASSWORD_CLAIM_SECRET_BLOCK'] : input.Session;
    const kept = this.#sessions.take(block ?? '');
    const username = responses['USERNAME'] ?? '';
    const user = await this.#directory.user(kept?.userId ?? '');
    const isTheirs =
      [kept?.userId, kept?.name].includes(username) ||
      (user !== null && (await this.#directory.user(username))?.Username === user.Username);
    if (!kept || kept.challenge.name !== name || kept.clientId !== client.ClientId || !isTheirs)
      throw new PoolError('NotAuthorizedException', 'Invalid session for the user, session is expired.');
    return { attempt: { client, name: kept.name, user }, question: kept };
  }

  /** What the client gets to know as the user's name: of somebody unknown always the same, and made up. */
  userIdOf({ user, name }: Attempt): string {
    if (user) return user.Username;
    const hex = this.#hash(`user ${name}`).toString('hex');
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
  }

  #keep(attempt: Attempt, question: Question): string {
    const kept = {
      ...question,
      clientId: attempt.client.ClientId,
      name: attempt.name,
      userId: this.userIdOf(attempt),
    };
    return this.#sessions.keep(kept, attempt.client.AuthSessionValidity ?? DEFAULT_SESSION_MINUTES);
  }

  #hash(text: string): Buffer {
    return createHmac('sha256', this.#secret).update(text).digest();
  }
}
