/** The ways of signing in, as an app would have somebody go them. Each throws the SDK error that ends it. */

import {
  InitiateAuthCommand,
  type InitiateAuthCommandOutput,
  RespondToAuthChallengeCommand,
  type RespondToAuthChallengeCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { APP_CLIENT_ID } from './pool/settings.ts';
import type { Stage } from './stage.ts';

export type SignInMethod = 'password' | 'email_otp' | 'magic_link';

export const SIGN_INS: Record<SignInMethod, string> = {
  password: 'sign in',
  email_otp: 'sign in by code',
  magic_link: 'sign in by link',
};

type Output = InitiateAuthCommandOutput | RespondToAuthChallengeCommandOutput;

export function signInByPassword(
  { client }: Pick<Stage, 'client'>,
  { email, password }: { email: string; password: string },
): Promise<Output> {
  return client.send(
    new InitiateAuthCommand({
      ClientId: APP_CLIENT_ID,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  );
}

/** Answers rounds until there are tokens; `answer` is typed in for what the mail says. */
export async function signInByMail(
  { client, inbox }: Pick<Stage, 'client' | 'inbox'>,
  { email, method, answer }: { email: string; method: SignInMethod; answer: string | null },
): Promise<Output> {
  const parameters = { AuthFlow: 'CUSTOM_AUTH' as const, AuthParameters: { USERNAME: email } };
  let round: Output = await client.send(new InitiateAuthCommand({ ClientId: APP_CLIENT_ID, ...parameters }));
  while (round.ChallengeName !== undefined) {
    const asksHow = round.ChallengeParameters?.['challenge'] === 'PROVIDE_AUTH_PARAMETERS';
    const text = (await inbox.mailFor(email)).at(-1)?.text ?? '';
    round = await client.send(
      new RespondToAuthChallengeCommand({
        ClientId: APP_CLIENT_ID,
        ChallengeName: round.ChallengeName,
        Session: round.Session,
        ChallengeResponses: {
          USERNAME: round.ChallengeParameters?.['USERNAME'] ?? email,
          ANSWER: asksHow ? 'any' : (answer ?? secretIn(text, method)),
        },
        ClientMetadata: { signInMethod: method.toUpperCase() },
      }),
    );
  }
  return round;
}

/** A code stands on a line of its own; a link's secret is its fragment. */
function secretIn(text: string, method: SignInMethod): string {
  const form = method === 'email_otp' ? /^\s*(\d{4,})\s*$/m : /https?:\/\/[^\s#]+#(\S+)/;
  return form.exec(text)?.[1] ?? 'none';
}
