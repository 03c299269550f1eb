/** What a refused person reads: the policy's own words, or these. Cognito puts a full stop behind them. */

import type { Artefact } from './artefact.ts';
import type { DecisionCode } from './codes.ts';

const DEFAULTS: Partial<Record<DecisionCode, string>> = {
  email_missing: 'An e-mail address is needed',
  email_unverified: 'Please verify your e-mail address first',
  email_disposable: 'Please use a permanent e-mail address',
  email_plus_address: 'Please use your e-mail address without "+"',
  domain_denied: 'This e-mail address cannot be used here',
  not_invited: 'An invitation is needed',
  blocked: 'This account is blocked',
};

export function messageFor({ messages }: Artefact, code: DecisionCode): string {
  return messages[code] ?? DEFAULTS[code] ?? 'This is not allowed';
}
