/** Magic links, in the form that the client of `amazon-cognito-passwordless-auth` reads. */

import type { SignInRequest } from './request.ts';

/** What the client reads of a link before it uses it. Nobody believes it: the secret alone counts. */
export interface LinkHeader {
  userName: string;
  /** Epoch seconds. */
  iat: number;
  exp: number;
}

/** The listed URI that the client asks for, to the letter; the first one if it asks for none; null for any other. */
export function redirectUriFor({
  signIn,
  redirectUri,
}: Pick<SignInRequest, 'signIn' | 'redirectUri'>): string | null {
  const listed = signIn.magicLink?.redirectUris ?? [];
  return (redirectUri === null ? listed[0] : listed.find((uri) => uri === redirectUri)) ?? null;
}

/** Header and secret stand in the fragment, which browsers send to no server. */
export function linkTo(redirectUri: string, header: LinkHeader, secret: string): string {
  return `${redirectUri}#${Buffer.from(JSON.stringify(header)).toString('base64url')}.${secret}`;
}

/** The secret of an answer that has the form of a link's fragment; null if it has not. */
export function secretOf(answer: unknown): string | null {
  if (typeof answer !== 'string' || answer.length > 2048) return null;
  return /^[\w-]+\.([\w-]{43})$/.exec(answer)?.[1] ?? null;
}
