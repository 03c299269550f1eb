/** The pre-token-generation trigger's event, versions 1, 2 and 3, and its answer in each (contracts B6). */

import { mailIdentity } from '../policy/principal.ts';
import type { GroupChanges, TokenChanges, TokenSubject } from '../policy/tokens.ts';
import { readEvent } from './read.ts';
import { anything, listOf, maybe, objectWith, text, textFrom, textWith, type ValueOf } from './shape.ts';
import { attributes, triggerEntries } from './trigger-event.ts';

const list = maybe(listOf(anything));
const eventSchema = objectWith({
  ...triggerEntries,
  // An unknown version has an answer that we do not know how to write.
  version: textFrom(['1', '2', '3']),
  triggerSource: textWith('TokenGeneration_'),
  userName: maybe(text),
  request: objectWith({
    userAttributes: attributes,
    scopes: list,
    groupConfiguration: maybe(
      objectWith({
        groupsToOverride: list,
        iamRolesToOverride: list,
        // The guide's own sample has a list here; what is no text is left out below.
        preferredRole: anything,
      }),
    ),
  }),
  response: maybe(objectWith({})),
});

export type PreTokenGenerationEvent = ValueOf<typeof eventSchema>;

export function readPreTokenGenerationEvent(event: unknown): PreTokenGenerationEvent {
  return readEvent(eventSchema, event);
}

/** client_credentials: there is no user to judge. */
export function isForMachine(event: PreTokenGenerationEvent): boolean {
  return event.triggerSource === 'TokenGeneration_ClientCredentials';
}

export async function subjectOf(event: PreTokenGenerationEvent): Promise<TokenSubject> {
  const { userAttributes, groupConfiguration } = event.request;
  const user = userAttributes ?? {};
  return {
    sub: typeof user['sub'] === 'string' ? user['sub'] : null,
    mail: await mailIdentity(user['email'], user['email_verified']),
    attributes: user,
    // Without a list of groups it is not known whether there are any: no override must wipe them.
    current: groupConfiguration?.groupsToOverride
      ? {
          groups: texts(groupConfiguration.groupsToOverride),
          roles: texts(groupConfiguration.iamRolesToOverride),
          preferredRole: texts([groupConfiguration.preferredRole].flat())[0] ?? null,
        }
      : null,
  };
}

/** The scopes that an access token has before anything is added; null where the event shapes none (version 1). */
export function scopesOf({ version, request }: PreTokenGenerationEvent): string[] | null {
  return version === '1' ? null : texts(request.scopes);
}

function texts(values: readonly unknown[] | null | undefined): string[] {
  return (values ?? []).filter((value): value is string => typeof value === 'string');
}

/** The event with what the policy changes; made afresh, because what comes in `response` varies. */
export function withTokenChanges(
  event: PreTokenGenerationEvent,
  changes: TokenChanges,
): PreTokenGenerationEvent {
  const claims: TokenChanges['claims'] = {
    ...changes.claims,
    ...(changes.domainStamp !== null && { gatehouse_domain: changes.domainStamp }),
  };
  const groups = changes.groups && { groupOverrideDetails: groupOverride(changes.groups) };
  if (event.version === '1') {
    // Version 1 shapes the ID token only and takes text only; its groups reach the access token too.
    const asText = Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, String(value)]));
    return respond(event, 'claimsOverrideDetails', {
      ...(isFilled(asText) && { claimsToAddOrOverride: asText }),
      ...groups,
    });
  }
  const added = isFilled(claims) && { claimsToAddOrOverride: claims };
  const scopes = changes.scopes.length > 0 && { scopesToAdd: changes.scopes };
  return respond(event, 'claimsAndScopeOverrideDetails', {
    ...(added && { idTokenGeneration: added }),
    ...((added || scopes) && { accessTokenGeneration: { ...added, ...scopes } }),
    ...groups,
  });
}

function respond(
  event: PreTokenGenerationEvent,
  key: string,
  details: Record<string, unknown>,
): PreTokenGenerationEvent {
  return isFilled(details) ? { ...event, response: { ...event.response, [key]: details } } : event;
}

function groupOverride({ groups, roles, preferredRole }: GroupChanges) {
  return {
    groupsToOverride: groups,
    iamRolesToOverride: roles,
    ...(preferredRole !== null && { preferredRole }),
  };
}

function isFilled(record: Record<string, unknown>): boolean {
  return Object.keys(record).length > 0;
}
