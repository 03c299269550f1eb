/**
 * The inbound-federation trigger's event (contracts B8). Its attributes differ by the type of the provider: SAML has
 * `samlResponse`, all others the rest. It holds the provider's tokens: nothing of it is ever logged.
 */

import type { Claims } from '../policy/claims.ts';
import { readEvent } from './read.ts';
import { anything, mapOf, maybe, objectWith, text, textFrom, type ValueOf } from './shape.ts';
import { triggerEntries } from './trigger-event.ts';

const claims = maybe(mapOf(anything));
const eventSchema = objectWith({
  ...triggerEntries,
  triggerSource: textFrom(['InboundFederation_ExternalProvider']),
  request: objectWith({
    providerName: text,
    attributes: objectWith({
      tokenResponse: claims,
      idToken: claims,
      userInfo: claims,
      samlResponse: claims,
    }),
  }),
  response: maybe(objectWith({})),
});

export type InboundFederationEvent = ValueOf<typeof eventSchema>;

export function readInboundFederationEvent(event: unknown): InboundFederationEvent {
  return readEvent(eventSchema, event);
}

/**
 * What the provider says, as Cognito puts it together before it maps it: of SAML the assertion's attributes; else the ID
 * token's claims before those of userInfo. The tokens themselves can be mapped too, and would be dropped otherwise.
 */
export function responseOf({ request: { attributes } }: InboundFederationEvent): Claims {
  const { tokenResponse, idToken, userInfo, samlResponse } = attributes;
  const tokens = ['access_token', 'id_token'].flatMap((name) =>
    tokenResponse && Object.hasOwn(tokenResponse, name) ? [[name, tokenResponse[name]] as const] : [],
  );
  return { ...samlResponse, ...Object.fromEntries(tokens), ...userInfo, ...idToken };
}

/** The event with what is to be mapped. */
export function withAttributesToMap(
  event: InboundFederationEvent,
  attributes: Record<string, string>,
): InboundFederationEvent {
  return { ...event, response: { ...event.response, userAttributesToMap: attributes } };
}
