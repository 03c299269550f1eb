/** The ways of signing in, as an app would have somebody go them. */

import {
  InitiateAuthCommand,
  type InitiateAuthCommandOutput,
  RespondToAuthChallengeCommand,
  type RespondToAuthChallengeCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { APP_CLIENT_ID, CALLBACK_URL } from './pool/settings.ts';
import { type Response, send } from './requests.ts';
import type { Person } from './scenario.ts';
import type { Stage } from './stage.ts';

export type SignInMethod = 'password' | 'email_otp' | 'magic_link' | 'provider';

export const SIGN_INS: Record<SignInMethod, string> = {
  password: 'sign in',
  email_otp: 'sign in by code',
  magic_link: 'sign in by link',
  provider: 'sign in by provider',
};

export interface SignedIn {
  /** The last one; where a provider's sign-in is refused, the redirect that says so. */
  response: Response;
  /** Null: refused. */
  tokens: { id: string; access: string } | null;
}

/** `answer` is the password, or typed in for what the mail says; null: what the mail says. */
export async function signIn(
  stage: Pick<Stage, 'client' | 'inbox' | 'pool'>,
  person: { name: string } & Person,
  { method, answer }: { method: SignInMethod; answer: string | null },
): Promise<SignedIn> {
  if (method === 'provider') return signInByProvider(stage, person);
  let tokens: SignedIn['tokens'] = null;
  const response = await send(async () => {
    const { AuthenticationResult: result, ...output } =
      method === 'password'
        ? await signInByPassword(stage, person.email, answer ?? '')
        : await signInByMail(stage, person.email, { method, answer });
    tokens = { id: result?.IdToken ?? '', access: result?.AccessToken ?? '' };
    return output;
  });
  return { response, tokens };
}

type Output = InitiateAuthCommandOutput | RespondToAuthChallengeCommandOutput;

function signInByPassword(
  { client }: Pick<Stage, 'client'>,
  email: string,
  password: string,
): Promise<Output> {
  return client.send(
    new InitiateAuthCommand({
      ClientId: APP_CLIENT_ID,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  );
}

/** Answers rounds until there are tokens, or an error. */
async function signInByMail(
  { client, inbox }: Pick<Stage, 'client' | 'inbox'>,
  email: string,
  { method, answer }: { method: SignInMethod; answer: string | null },
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

/** What a browser does; at the provider's stand-in the person's name is enough. */
async function signInByProvider(
  { pool }: Pick<Stage, 'pool'>,
  { name, provider = '' }: { name: string } & Person,
): Promise<SignedIn> {
  const app = { client_id: APP_CLIENT_ID, redirect_uri: CALLBACK_URL };
  const query = new URLSearchParams({
    ...app,
    response_type: 'code',
    identity_provider: provider,
    login_hint: name,
  });
  const redirect = await fetch(`${pool.url}/oauth2/authorize?${query.toString()}`, { redirect: 'manual' });
  const {
    code,
    error,
    error_description: message = error ?? '',
  } = Object.fromEntries(new URL(redirect.headers.get('location') ?? CALLBACK_URL).searchParams);
  if (code === undefined) return { response: { status: redirect.status, message }, tokens: null };
  const body = new URLSearchParams({ ...app, grant_type: 'authorization_code', code });
  const response = await fetch(`${pool.url}/oauth2/token`, { method: 'POST', body });
  const answer = (await response.json()) as Record<string, string | undefined>;
  const { id_token: id, access_token: access } = answer;
  return {
    response: { status: response.status, message: answer['error_description'] ?? answer['error'] ?? '' },
    tokens: id !== undefined && access !== undefined ? { id, access } : null,
  };
}
