/** The closed set of decision codes: every answer that Gatehouse gives carries one of them. */

export const DECISION_CODES = [
  'allowed',
  'denied_by_rule',
  'no_rule',
  'revoked',
  'blocked',
  'path_ambiguous',
  'path_too_long',
  'verb_unknown',
  'method_override',
  'email_missing',
  'email_unverified',
  'email_disposable',
  'email_plus_address',
  'domain_denied',
  'not_invited',
  'sign_in_refused',
  'token_missing',
  'token_invalid',
  'input_invalid',
] as const;

export type DecisionCode = (typeof DECISION_CODES)[number];
