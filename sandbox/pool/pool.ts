/** Starts a local user pool; README.md beside this file says what it does, and where that is written. */

import { type LocalServer, serve } from '../http.ts';
import { accountHooks, Accounts, type Deliver } from './accounts.ts';
import { Challenges } from './challenges.ts';
import { CustomAuth } from './custom-auth.ts';
import { Directory } from './directory.ts';
import { Federation } from './federation.ts';
import { type LinkInput, linkProvider } from './linking.ts';
import { makeKeys, type PoolKeys } from './keys.ts';
import { OAuth } from './oauth.ts';
import { handlerOf, type Operation } from './protocol.ts';
import { DEFAULT_SETTINGS, type PoolSettings } from './settings.ts';
import { SignIn } from './sign-in.ts';
import { TokenIssuer } from './tokens.ts';
import { type TriggerFunctions, Triggers } from './triggers.ts';

export interface LocalPool extends LocalServer {
  keys: PoolKeys;
  /** Sets the functions that the pool calls; those that are absent it does not call. */
  attach: (functions: TriggerFunctions) => void;
}

/** `deliver` takes the codes that the pool sends, `onLog` what functions have logged. */
export async function startPool(
  deliver: Deliver,
  settings: Partial<PoolSettings> = {},
  onLog: (logLines: readonly string[]) => void = () => {},
): Promise<LocalPool> {
  const all = { ...DEFAULT_SETTINGS, ...settings };
  const keys = all.keys ?? (await makeKeys());
  const triggers = new Triggers(all.triggerTimeLimitMs);
  triggers.onLog = onLog;
  const directory: Directory = await Directory.open(
    all,
    accountHooks(triggers, () => directory, deliver),
  );
  const tokens = new TokenIssuer({ directory, triggers, keys }, all);
  const federation = new Federation(directory, triggers, all);
  const server = await serve(
    all.port,
    handlerOf({
      operations: operationsOf({ directory, triggers, tokens, deliver }, all),
      elsewhere: (operation, input) => directory.run(operation, input),
      oauth: new OAuth({ directory, federation, tokens }, all),
      jwks: keys.jwks,
    }),
  );
  return {
    ...server,
    keys,
    attach: (functions) => {
      triggers.functions = functions;
    },
  };
}

function operationsOf(
  parts: {
    directory: Directory;
    triggers: Triggers;
    tokens: TokenIssuer;
    deliver: Deliver;
  },
  settings: PoolSettings,
): Record<string, Operation> {
  const { directory, triggers } = parts;
  const challenges = new Challenges(directory, settings);
  const customAuth = new CustomAuth(triggers, challenges);
  const signIn = new SignIn({ ...parts, challenges, customAuth });
  const accounts = new Accounts(directory, triggers, parts.deliver);
  const initiate: SignIn['initiate'] = (input) => signIn.initiate(input);
  const initiateAsAdmin: SignIn['initiateAsAdmin'] = (input) => signIn.initiateAsAdmin(input);
  const respond: SignIn['respond'] = (input) => signIn.respond(input);
  const refresh: SignIn['refresh'] = (input) => signIn.refresh(input);
  const create: Accounts['adminCreateUser'] = (input) => accounts.adminCreateUser(input);
  const resend: Accounts['resendConfirmationCode'] = (input) => accounts.resendConfirmationCode(input);
  const reset: Accounts['adminResetUserPassword'] = (input) => accounts.adminResetUserPassword(input);
  const signOut = ({ Username }: { Username: string }) => accounts.globalSignOut(Username);
  const link = (input: LinkInput) => linkProvider(directory, settings, input);
  return {
    InitiateAuth: initiate,
    AdminInitiateAuth: initiateAsAdmin,
    RespondToAuthChallenge: respond,
    AdminRespondToAuthChallenge: respond,
    GetTokensFromRefreshToken: refresh,
    AdminCreateUser: create,
    ResendConfirmationCode: resend,
    AdminResetUserPassword: reset,
    AdminUserGlobalSignOut: signOut,
    AdminLinkProviderForUser: link,
  };
}
