/** App clients as rules ask about them: for whom, by which flows, for how long, and what they may write. */

import type { AppClient } from './facts.ts';
import type { Evidence } from './rule.ts';

/** What a client can do that says nothing (API reference, CreateUserPoolClient). */
const DEFAULT_FLOWS = ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_CUSTOM_AUTH'];
const SELF_SERVICE = 'aws.cognito.signin.user.admin';
const UNIT_SECONDS: Record<string, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

/** Lifetimes of a client that says nothing: an hour, and 30 days, which 0 means as well (contracts C2). */
const DEFAULT_ACCESS = 3600;
const DEFAULT_REFRESH = 30 * 86_400;

export function clientName({ ClientName, ClientId }: AppClient): string {
  return `app client ${ClientName ?? ''} (${ClientId ?? ''})`;
}

/** One finding's evidence from each client that a test says something of. */
export function eachClient(
  clients: readonly AppClient[],
  say: (client: AppClient) => string | null | false,
): Evidence[] {
  return clients.flatMap((client) => {
    const detail = say(client);
    return detail ? [{ subject: clientName(client), detail }] : [];
  });
}

/** As `eachClient`, of those that people sign in with. */
export function eachPeopleClient(
  clients: readonly AppClient[],
  say: (client: AppClient) => string | null | false,
): Evidence[] {
  return eachClient(
    clients.filter((client) => !isMachine(client)),
    say,
  );
}

/** For machines alone: client credentials, and no flow that was ever chosen for people. */
export function isMachine(client: AppClient): boolean {
  const grants = client.AllowedOAuthFlows ?? [];
  return (
    client.AllowedOAuthFlowsUserPoolClient === true &&
    grants.length > 0 &&
    grants.every((grant) => grant === 'client_credentials') &&
    (client.ExplicitAuthFlows ?? []).every((flow) => flow.includes('REFRESH_TOKEN'))
  );
}

/** The flows by which people get tokens from the API itself, without managed login. */
export function signInFlows(client: AppClient): string[] {
  if (isMachine(client)) return [];
  const flows: string[] = client.ExplicitAuthFlows ?? [];
  return (flows.length > 0 ? flows : DEFAULT_FLOWS).filter((flow) => !flow.includes('REFRESH_TOKEN'));
}

/** True if people sign in through managed login. */
export function usesManagedLogin(client: AppClient): boolean {
  return client.AllowedOAuthFlowsUserPoolClient === true && !isMachine(client);
}

/** True if people with a password of this pool can sign in with it. */
export function takesPasswords(client: AppClient): boolean {
  return (
    signInFlows(client).length > 0 ||
    (usesManagedLogin(client) && (client.SupportedIdentityProviders ?? []).includes('COGNITO'))
  );
}

/** True if its tokens let people change their own attributes: all that the API itself issues do (contracts B7). */
export function reachesSelfService(client: AppClient): boolean {
  return (
    signInFlows(client).length > 0 ||
    (usesManagedLogin(client) && (client.AllowedOAuthScopes ?? []).includes(SELF_SERVICE))
  );
}

/** A client that names no attributes may write every standard one, and no custom one (contracts E5). */
export function mayWrite({ WriteAttributes }: AppClient, attribute: string): boolean {
  return WriteAttributes?.includes(attribute) ?? !/^(?:custom|dev):/.test(attribute);
}

export function accessSeconds({ AccessTokenValidity, TokenValidityUnits }: AppClient): number {
  return seconds(AccessTokenValidity, TokenValidityUnits?.AccessToken ?? 'hours') || DEFAULT_ACCESS;
}

export function idSeconds({ IdTokenValidity, TokenValidityUnits }: AppClient): number {
  return seconds(IdTokenValidity, TokenValidityUnits?.IdToken ?? 'hours') || DEFAULT_ACCESS;
}

export function refreshSeconds({ RefreshTokenValidity, TokenValidityUnits }: AppClient): number {
  return seconds(RefreshTokenValidity, TokenValidityUnits?.RefreshToken ?? 'days') || DEFAULT_REFRESH;
}

/** In the largest unit that says it exactly: `5400` is `90 minutes`. */
export function spoken(total: number): string {
  const [unit, size] = Object.entries(UNIT_SECONDS)
    .toReversed()
    .find(([, each]) => total % each === 0) ?? ['seconds', 1];
  return total === size ? `1 ${unit.slice(0, -1)}` : `${total / size} ${unit}`;
}

function seconds(count = 0, unit: string): number {
  return count * (UNIT_SECONDS[unit] ?? 1);
}
