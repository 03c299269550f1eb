/**
 * Making accounts: the triggers around cognito-local's sign-up and confirmation, and what it lacks (accounts that an
 * administrator makes, sending a code again, signing out everywhere). Codes go to the inbox.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { toList, toMap, withAttributes } from './attributes.ts';
import { type AccountEvent, type Context, type DirectoryHooks, newCode } from './cognito-local.ts';
import type { Attribute, Directory, User } from './directory.ts';
import { PoolError } from './errors.ts';
import type { Triggers } from './triggers.ts';

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export type Deliver = (mail: Mail) => Promise<void>;

interface AdminCreateUserInput {
  Username: string;
  UserAttributes?: Attribute[];
  ValidationData?: Attribute[];
  TemporaryPassword?: string;
  MessageAction?: 'SUPPRESS' | 'RESEND';
  ClientMetadata?: Record<string, string>;
}

const SUBJECTS: Record<string, string> = {
  SignUp: 'Your verification code',
  ForgotPassword: 'Your password reset code',
  AdminCreateUser: 'Your temporary password',
};

export class Accounts {
  readonly #directory: Directory;
  readonly #triggers: Triggers;
  readonly #deliver: Deliver;

  constructor(directory: Directory, triggers: Triggers, deliver: Deliver) {
    this.#directory = directory;
    this.#triggers = triggers;
    this.#deliver = deliver;
  }

  async adminCreateUser(input: AdminCreateUserInput): Promise<object> {
    if (await this.#directory.user(input.Username))
      throw new PoolError('UsernameExistsException', 'User account already exists');
    if (!input.Username.includes('@'))
      throw new PoolError('InvalidParameterException', 'Username should be an email.');
    const sub = randomUUID();
    const attributes = { email: input.Username, ...toMap(input.UserAttributes) };
    await this.#triggers.fire('PreSignUp', {
      triggerSource: 'PreSignUp_AdminCreateUser',
      userName: sub,
      clientId: null,
      request: {
        userAttributes: { ...attributes, 'cognito:user_status': 'FORCE_CHANGE_PASSWORD' },
        validationData: validationDataOf(input),
        clientMetadata: input.ClientMetadata,
      },
      response: NO_SIGN_UP_FLAGS,
    });
    const user = newUser(sub, { ...attributes, sub }, 'FORCE_CHANGE_PASSWORD');
    const password = input.TemporaryPassword ?? `${randomBytes(6).toString('base64url')}-aA1`;
    await this.#directory.save({ ...user, Password: password });
    if (input.MessageAction !== 'SUPPRESS') await this.#send('AdminCreateUser', user, password);
    const { Password: _, RefreshTokens: __, ...shown } = user;
    return { User: shown };
  }

  async resendConfirmationCode({ Username }: { Username: string }): Promise<object> {
    const user = await this.#directory.user(Username);
    if (!user) throw new PoolError('UserNotFoundException', 'Username/client id combination not found.');
    if (user.UserStatus !== 'UNCONFIRMED')
      throw new PoolError('InvalidParameterException', 'User is already confirmed.');
    await this.#sendCode('SignUp', user);
    return { CodeDeliveryDetails: { AttributeName: 'email', DeliveryMedium: 'EMAIL' } };
  }

  /** No password works until another is set with the code. */
  async adminResetUserPassword({ Username }: { Username: string }): Promise<object> {
    const user = await this.#directory.user(Username);
    if (!user) throw new PoolError('UserNotFoundException', 'User does not exist.');
    await this.#sendCode('ForgotPassword', { ...user, UserStatus: 'RESET_REQUIRED' });
    return {};
  }

  /** Ends every sign-in: no refresh token works any more. */
  async globalSignOut(username: string): Promise<object> {
    const user = await this.#directory.user(username);
    if (!user) throw new PoolError('UserNotFoundException', 'User does not exist.');
    await this.#directory.save({ ...user, RefreshTokens: [] });
    return {};
  }

  async #sendCode(reason: string, user: User): Promise<void> {
    const code = newCode();
    await this.#directory.save({ ...user, ConfirmationCode: code });
    await this.#send(reason, user, code);
  }

  async #send(reason: string, user: User, code: string): Promise<void> {
    await this.#deliver(mailFor(reason, user, code));
  }
}

/** What cognito-local asks of us. */
export function accountHooks(
  triggers: Triggers,
  directory: () => Directory,
  deliver: Deliver,
): DirectoryHooks {
  return {
    preSignUp: ({ input }, event) => {
      // Not told yet, as far as is known (contracts B3).
      const { sub: _, ...userAttributes } = toMap(event.userAttributes);
      return triggers.fire('PreSignUp', {
        ...callOf(event),
        request: {
          userAttributes,
          validationData: validationDataOf(input),
          clientMetadata: event.clientMetadata,
        },
        response: NO_SIGN_UP_FLAGS,
      });
    },
    postConfirmation: async (context, event) => {
      const user = await verifyWhatTheCodeProved(directory(), context, event);
      await triggers.fire('PostConfirmation', {
        ...callOf(event),
        request: {
          userAttributes: { ...toMap(event.userAttributes), ...toMap(user?.Attributes) },
          clientMetadata: event.clientMetadata,
        },
        response: {},
      });
    },
    deliver: async (reason, user, code) => {
      // Confirmed by the trigger: nothing is left to prove.
      if (reason === 'SignUp' && user.UserStatus === 'CONFIRMED') return;
      await deliver(mailFor(reason, user, code));
    },
  };
}

const NO_SIGN_UP_FLAGS = { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false };

/** A user as the pool keeps one, without a password. */
export function newUser(
  username: string,
  attributes: Record<string, string>,
  status: User['UserStatus'],
): User {
  const now = new Date();
  return {
    Username: username,
    Attributes: toList(attributes),
    UserStatus: status,
    Enabled: true,
    RefreshTokens: [],
    UserCreateDate: now,
    UserLastModifiedDate: now,
  };
}

/** A code that was typed in proves the address it was sent to; cognito-local leaves that out. */
async function verifyWhatTheCodeProved(
  directory: Directory,
  { operation }: Context,
  { username }: AccountEvent,
): Promise<User | null> {
  const user = await directory.user(username);
  if (!user || operation !== 'ConfirmSignUp') return user;
  const verified = withAttributes(user, { email_verified: 'true' });
  await directory.save(verified);
  return verified;
}

function callOf({ source, username, clientId }: AccountEvent) {
  return { triggerSource: source, userName: username, clientId: clientId ?? null };
}

function validationDataOf(input: { ValidationData?: Attribute[] }): Record<string, string> | null {
  return input.ValidationData ? toMap(input.ValidationData) : null;
}

function mailFor(reason: string, user: User, code: string): Mail {
  const subject = SUBJECTS[reason] ?? 'Your code';
  return { to: toMap(user.Attributes)['email'] ?? '', subject, text: `${subject} is ${code}` };
}
