/** Custom authentication: rounds of Define, Create and Verify, until Define lets somebody in or not (contracts B7). */

import { userNotFound } from './arrivals.ts';
import { eventAttributes } from './attributes.ts';
import type { Attempt, ChallengeOutput, Challenges, Question, Round } from './challenges.ts';
import { incorrectUserOrPassword, PoolError } from './errors.ts';
import type { ClientMetadata } from './sign-in-input.ts';
import { type TriggerName, type TriggerResponse, type Triggers, unrecognizableOutput } from './triggers.ts';

type Metadata = ClientMetadata | undefined;

/** Null: Define issues tokens. */
type Next = ChallengeOutput | null;

export class CustomAuth {
  readonly #triggers: Triggers;
  readonly #challenges: Challenges;

  constructor(triggers: Triggers, challenges: Challenges) {
    this.#triggers = triggers;
    this.#challenges = challenges;
  }

  /** `srpA` where the client wants to begin with its password. No metadata of the client arrives here. */
  async start(attempt: Attempt, srpA: string | null): Promise<Next> {
    if (!this.#triggers.functions.DefineAuthChallenge)
      throw new PoolError(
        'InvalidUserPoolConfigurationException',
        'Custom auth lambda trigger is not configured for the user pool.',
      );
    const rounds =
      srpA === null ? [] : [{ challengeName: 'SRP_A', challengeResult: true, challengeMetadata: null }];
    return this.next(attempt, rounds, { srpA });
  }

  /** Has the answer to a custom challenge verified. */
  async verify(
    attempt: Attempt,
    { rounds, challenge }: Question & { challenge: { name: 'CUSTOM_CHALLENGE' } },
    answer: { text: string; clientMetadata: Metadata },
  ): Promise<Next> {
    const { answerCorrect } = await this.#fire('VerifyAuthChallengeResponse', attempt, {
      request: {
        privateChallengeParameters: challenge.privateParameters,
        challengeAnswer: answer.text,
        clientMetadata: answer.clientMetadata,
      },
      response: { answerCorrect: null },
    });
    if (typeof answerCorrect !== 'boolean') throw unrecognizableOutput();
    const round: Round = {
      challengeName: 'CUSTOM_CHALLENGE',
      challengeResult: answerCorrect,
      challengeMetadata: challenge.metadata,
    };
    return this.next(attempt, [...(rounds ?? []), round], { clientMetadata: answer.clientMetadata });
  }

  /** Asks Define what comes after these rounds. */
  async next(
    attempt: Attempt,
    session: Round[],
    { srpA = null, clientMetadata }: { srpA?: string | null; clientMetadata?: Metadata },
  ): Promise<Next> {
    const { challengeName, issueTokens, failAuthentication } = await this.#fire(
      'DefineAuthChallenge',
      attempt,
      {
        request: { session, clientMetadata },
        response: { challengeName: null, issueTokens: null, failAuthentication: null },
      },
    );
    if (failAuthentication === true) throw incorrectUserOrPassword();
    if (issueTokens === true) {
      if (!attempt.user) throw incorrectUserOrPassword();
      return null;
    }
    if (challengeName === 'CUSTOM_CHALLENGE') return this.#create(attempt, session, clientMetadata);
    if (challengeName === 'PASSWORD_VERIFIER' && srpA !== null)
      return this.#challenges.passwordVerifier(attempt, srpA, session);
    if (challengeName === 'NEW_PASSWORD_REQUIRED') return this.#challenges.newPassword(attempt, session);
    throw unrecognizableOutput();
  }

  async #create(attempt: Attempt, session: Round[], clientMetadata: Metadata): Promise<ChallengeOutput> {
    const response = await this.#fire('CreateAuthChallenge', attempt, {
      request: { challengeName: 'CUSTOM_CHALLENGE', session, clientMetadata },
      response: {
        publicChallengeParameters: null,
        privateChallengeParameters: null,
        challengeMetadata: null,
      },
    });
    const { challengeMetadata: metadata = null } = response;
    if (metadata !== null && typeof metadata !== 'string') throw unrecognizableOutput();
    const privateParameters = textMap(response['privateChallengeParameters']);
    const challenge = { name: 'CUSTOM_CHALLENGE' as const, privateParameters, metadata };
    return this.#challenges.custom(
      attempt,
      { rounds: session, challenge },
      textMap(response['publicChallengeParameters']),
    );
  }

  async #fire(
    name: TriggerName,
    { client, user, name: asWritten }: Attempt,
    { request, response }: { request: Record<string, unknown>; response: Record<string, unknown> },
  ): Promise<TriggerResponse> {
    const source = `${name}_Authentication`;
    return this.#triggers.fire(name, {
      triggerSource: source,
      userName: user?.Username ?? asWritten,
      clientId: client.ClientId,
      request: {
        userAttributes: user ? eventAttributes(user) : {},
        ...request,
        ...userNotFound({ client, user }),
      },
      response,
    });
  }
}

function textMap(value: unknown): Record<string, string> {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw unrecognizableOutput();
  if (!Object.values(value).every((each) => typeof each === 'string')) throw unrecognizableOutput();
  return value as Record<string, string>;
}
