/** Signing in with the user pools API: InitiateAuth, RespondToAuthChallenge, their admin twins, and refreshing. */

import { eventAttributes, withAttributes } from './attributes.ts';
import { Arrivals } from './arrivals.ts';
import type { Attempt, ChallengeOutput, Challenges, Question, Round } from './challenges.ts';
import { isSameSecret } from './constant-time.ts';
import type { CustomAuth } from './custom-auth.ts';
import type { Directory, User } from './directory.ts';
import { incorrectUserOrPassword, PoolError } from './errors.ts';
import type { AppClient } from './settings.ts';
import {
  type ClientMetadata,
  type InitiateAuthInput,
  type RefreshInput,
  type RespondInput,
  required,
  sentAttributes,
} from './sign-in-input.ts';
import { verifySrp } from './srp.ts';
import type { AuthenticationResult, TokenIssuer } from './tokens.ts';
import type { Triggers } from './triggers.ts';

type SignInOutput =
  | ChallengeOutput
  | { ChallengeParameters: object; AuthenticationResult: AuthenticationResult };

export class SignIn {
  readonly #directory: Directory;
  readonly #triggers: Triggers;
  readonly #challenges: Challenges;
  readonly #customAuth: CustomAuth;
  readonly #tokens: TokenIssuer;
  readonly #arrivals: Arrivals;

  constructor(parts: {
    directory: Directory;
    triggers: Triggers;
    challenges: Challenges;
    customAuth: CustomAuth;
    tokens: TokenIssuer;
  }) {
    this.#directory = parts.directory;
    this.#triggers = parts.triggers;
    this.#challenges = parts.challenges;
    this.#customAuth = parts.customAuth;
    this.#tokens = parts.tokens;
    this.#arrivals = new Arrivals(parts.directory, parts.triggers);
  }

  /** InitiateAuth: the flows of administrators are not its. */
  async initiate(input: InitiateAuthInput): Promise<SignInOutput> {
    if (input.AuthFlow.startsWith('ADMIN_'))
      throw new PoolError('InvalidParameterException', `${input.AuthFlow} needs AdminInitiateAuth`);
    return this.initiateAsAdmin(input);
  }

  async initiateAsAdmin({
    AuthFlow,
    ClientId,
    AuthParameters = {},
    ClientMetadata,
  }: InitiateAuthInput): Promise<SignInOutput> {
    const client = await this.client(ClientId);
    const flow = FLOWS[AuthFlow] ?? AuthFlow;
    if (!client.ExplicitAuthFlows?.includes(`ALLOW_${flow}`))
      throw new PoolError('InvalidParameterException', `${flow} flow not enabled for this client`);
    if (flow === 'REFRESH_TOKEN_AUTH') {
      const cause = { triggerSource: 'TokenGeneration_RefreshTokens' };
      return done(await this.#tokens.refresh(required(AuthParameters, 'REFRESH_TOKEN'), client, cause));
    }
    const who = { client, name: required(AuthParameters, 'USERNAME'), flow };
    const attempt = await this.#arrivals.begin(who, ClientMetadata);
    switch (flow) {
      case 'USER_SRP_AUTH':
        return this.#challenges.passwordVerifier(attempt, required(AuthParameters, 'SRP_A'), null);
      case 'USER_PASSWORD_AUTH':
      case 'ADMIN_USER_PASSWORD_AUTH':
        return this.#withPassword(attempt, required(AuthParameters, 'PASSWORD'));
      case 'CUSTOM_AUTH': {
        const withSrp = AuthParameters['CHALLENGE_NAME'] === 'SRP_A';
        const next = await this.#customAuth.start(
          attempt,
          withSrp ? required(AuthParameters, 'SRP_A') : null,
        );
        return next ?? this.#finish(attempt, 'TokenGeneration_Authentication', undefined);
      }
      default:
        throw new PoolError('InvalidParameterException', `AuthFlow ${AuthFlow} is not one of this pool`);
    }
  }

  async respond(input: RespondInput): Promise<SignInOutput> {
    const client = await this.client(input.ClientId);
    const responses = input.ChallengeResponses ?? {};
    required(responses, 'USERNAME');
    const { attempt, question } = await this.#challenges.answered(
      { ...input, ChallengeResponses: responses },
      client,
    );
    const { challenge, rounds } = question;
    switch (challenge.name) {
      case 'PASSWORD_VERIFIER':
        if (!provesPassword(challenge.exchange, responses) || !attempt.user) throw incorrectUserOrPassword();
        if (rounds === null && attempt.user.UserStatus === 'FORCE_CHANGE_PASSWORD')
          return this.#challenges.newPassword(attempt, null);
        return this.#goOn(attempt, rounds, challenge.name, input.ClientMetadata);
      case 'NEW_PASSWORD_REQUIRED':
        return this.#goOn(
          await this.#setPassword(attempt, responses),
          rounds,
          challenge.name,
          input.ClientMetadata,
        );
      case 'CUSTOM_CHALLENGE': {
        const answer = { text: required(responses, 'ANSWER'), clientMetadata: input.ClientMetadata };
        const next = await this.#customAuth.verify(attempt, { rounds, challenge }, answer);
        return next ?? this.#finish(attempt, 'TokenGeneration_Authentication', input.ClientMetadata);
      }
    }
  }

  /** Without rotation, like REFRESH_TOKEN_AUTH; the guide names another source for it (contracts B2). */
  async refresh({ ClientId, RefreshToken, ClientMetadata }: RefreshInput): Promise<SignInOutput> {
    const cause = { triggerSource: 'TokenGeneration_Authentication', clientMetadata: ClientMetadata };
    return done(await this.#tokens.refresh(RefreshToken, await this.client(ClientId), cause));
  }

  async client(id: string): Promise<AppClient> {
    const client = await this.#directory.client(id);
    if (client) return client;
    throw new PoolError('ResourceNotFoundException', `User pool client ${id} does not exist.`);
  }

  async #withPassword(attempt: Attempt, password: string): Promise<SignInOutput> {
    const { user } = attempt;
    if (!user || !isSameSecret(user.Password, password)) throw incorrectUserOrPassword();
    if (user.UserStatus === 'FORCE_CHANGE_PASSWORD') return this.#challenges.newPassword(attempt, null);
    return this.#finish(attempt, 'TokenGeneration_Authentication', undefined);
  }

  /** A user who has met this challenge: in custom auth Define decides, else they are in. */
  async #goOn(
    attempt: Attempt,
    rounds: Round[] | null,
    challengeName: Question['challenge']['name'],
    clientMetadata: ClientMetadata | undefined,
  ): Promise<SignInOutput> {
    if (rounds) {
      const met = { challengeName, challengeResult: true, challengeMetadata: null };
      const next = await this.#customAuth.next(attempt, [...rounds, met], { clientMetadata });
      if (next) return next;
    }
    const source =
      challengeName === 'NEW_PASSWORD_REQUIRED'
        ? 'TokenGeneration_NewPasswordChallenge'
        : 'TokenGeneration_Authentication';
    return this.#finish(attempt, source, clientMetadata);
  }

  async #setPassword(attempt: Attempt, responses: Record<string, string>): Promise<Attempt> {
    const password = required(responses, 'NEW_PASSWORD');
    if (!attempt.user) throw incorrectUserOrPassword();
    const user: User = {
      ...withAttributes(attempt.user, sentAttributes(responses)),
      Password: password,
      UserStatus: 'CONFIRMED',
    };
    await this.#directory.save(user);
    return { ...attempt, user };
  }

  async #finish(
    { client, user }: Attempt,
    triggerSource: string,
    clientMetadata: ClientMetadata | undefined,
  ): Promise<SignInOutput> {
    if (!user) throw incorrectUserOrPassword();
    await this.#triggers.fire('PostAuthentication', {
      triggerSource: 'PostAuthentication_Authentication',
      userName: user.Username,
      clientId: client.ClientId,
      request: { userAttributes: eventAttributes(user), newDeviceUsed: false, clientMetadata },
      response: {},
    });
    return done(await this.#tokens.signIn(user, client, { triggerSource, clientMetadata }));
  }
}

/** Older names of flows. */
const FLOWS: Record<string, string> = {
  REFRESH_TOKEN: 'REFRESH_TOKEN_AUTH',
  ADMIN_NO_SRP_AUTH: 'ADMIN_USER_PASSWORD_AUTH',
};

function done(tokens: AuthenticationResult): SignInOutput {
  return { ChallengeParameters: {}, AuthenticationResult: tokens };
}

function provesPassword(
  exchange: Parameters<typeof verifySrp>[0],
  responses: Record<string, string>,
): boolean {
  return verifySrp(exchange, {
    secretBlock: required(responses, 'PASSWORD_CLAIM_SECRET_BLOCK'),
    timestamp: required(responses, 'TIMESTAMP'),
    signature: required(responses, 'PASSWORD_CLAIM_SIGNATURE'),
  });
}
