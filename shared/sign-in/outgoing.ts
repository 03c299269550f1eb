/** What a mail can bring: a code or a link, fresh, and not yet kept anywhere. */

import type { MailTemplate } from '../mail/ports.ts';
import type { SignInMethod } from '../policy/artefact.ts';
import { newCode, newLinkSecret } from './hash.ts';
import { linkTo, redirectUriFor } from './link.ts';
import type { SignInRequest } from './request.ts';
import type { ChallengeKind } from './session.ts';

export interface Outgoing {
  slot: 'code' | 'link';
  kind: ChallengeKind;
  secret: string;
  /** Epoch seconds. */
  madeAt: number;
  expiresAt: number;
  mail: { template: MailTemplate; values: Readonly<Record<string, string>> };
}

/** A method that the policy gives this user, and for a link a place to lead to. */
export function newOutgoing(method: SignInMethod, request: SignInRequest, madeAt: number): Outgoing {
  return method === 'magic_link' ? newLink(request, madeAt) : newCodeMail(request, madeAt);
}

function newCodeMail({ signIn: { otp } }: SignInRequest, madeAt: number): Outgoing {
  const secret = newCode(otp.digits);
  return {
    slot: 'code',
    kind: 'EMAIL_OTP',
    secret,
    madeAt,
    expiresAt: madeAt + otp.ttlSeconds,
    mail: { template: 'otp', values: { code: secret, minutes: minutesOf(otp.ttlSeconds) } },
  };
}

function newLink(request: SignInRequest, madeAt: number): Outgoing {
  const uri = redirectUriFor(request);
  const ttlSeconds = request.signIn.magicLink?.ttlSeconds;
  if (uri === null || ttlSeconds === undefined)
    throw new Error('a link that the define step does not let pass');
  const secret = newLinkSecret();
  const expiresAt = madeAt + ttlSeconds;
  const link = linkTo(uri, { userName: request.userName, iat: madeAt, exp: expiresAt }, secret);
  return {
    slot: 'link',
    kind: 'MAGIC_LINK',
    secret,
    madeAt,
    expiresAt,
    mail: { template: 'magic-link', values: { link, minutes: minutesOf(ttlSeconds) } },
  };
}

function minutesOf(seconds: number): string {
  return String(Math.floor(seconds / 60));
}
