import { describe, expect, it } from '@jest/globals';
import type { DecisionCode } from '../../shared/policy/codes.ts';
import { messageFor } from '../../shared/policy/messages.ts';
import { signUpRefusal } from '../../shared/policy/sign-up.ts';
import { compiled } from '../support/policy.ts';

describe('who may sign up', () => {
  it.each<[string, string, unknown, string | null]>([
    ['allow: [example.com]', 'in the list', 'a@example.com', null],
    ['allow: [example.com]', 'in another case', 'A@EXAMPLE.COM', null],
    ['allow: [example.com]', 'a subdomain', 'a@x.example.com', 'domain_denied'],
    ['allow: [example.com]', 'a look-alike', 'a@example.com.evil.io', 'domain_denied'],
    ['allow: [example.com]', 'a full-width look-alike', 'a@ｅxample.com', 'domain_denied'],
    ['allow: [example.com]', 'a quoted address', '"a@evil.io"@example.com', 'domain_denied'],
    ['allow: [example.com]', 'no address', undefined, 'email_missing'],
    ['allow: [example.com]', 'an empty address', '', 'email_missing'],
    ['allow: [example.com]', 'an address that is a list', ['a@example.com'], 'email_missing'],
    ['deny: [evil.io]', 'in the list', 'a@evil.io', 'domain_denied'],
    ['deny: [evil.io]', 'another', 'a@example.com', null],
    ['deny: [evil.io]', 'not an address', 'evil.io', 'domain_denied'],
    ['disposable: deny', 'a throw-away mailbox', 'a@mailinator.com', 'email_disposable'],
    ['disposable: deny', 'below a throw-away domain', 'a@x.mailinator.com', 'email_disposable'],
    ['disposable: deny', 'a permanent mailbox', 'a@example.com', null],
    ['disposable: deny', 'no address: none to throw away', undefined, null],
    ['disposable: deny', 'an address that cannot be judged', 'a@[127.0.0.1]', 'domain_denied'],
    ['disposable: deny', 'a tagged address', 'a+b@example.com', null],
    ['disposable: allow', 'a throw-away mailbox', 'a@mailinator.com', null],
    ['plus_addressing: deny', 'a tagged address', 'a+b@example.com', 'email_plus_address'],
    ['plus_addressing: deny', 'a plain address', 'a@example.com', null],
    ['plus_addressing: allow', 'a tagged address', 'a+b@example.com', null],
    ['plus_addressing: deny', 'a throw-away mailbox', 'a@mailinator.com', null],
    ['plus_addressing: allow', 'an address that cannot be judged', 'a@[127.0.0.1]', null],
    [
      'allow: [mailinator.com], disposable: deny',
      'allowed by name, but throw-away',
      'a@mailinator.com',
      'email_disposable',
    ],
  ])('%s: %s', async (domains, _, email, refusal) => {
    expect(await signUpRefusal(compiled(`version: 1\ndomains: { ${domains} }`), email)).toBe(refusal);
  });

  it('anyone, without domains', async () => {
    expect(await signUpRefusal(compiled('version: 1'), undefined)).toBeNull();
  });
});

describe('what a refused person reads', () => {
  const policy = compiled('version: 1\nmessages: { domain_denied: Please use your work address }');

  it.each<[DecisionCode, string]>([
    ['domain_denied', 'Please use your work address'],
    ['email_missing', 'An e-mail address is needed'],
    ['email_unverified', 'Please verify your e-mail address first'],
    ['email_disposable', 'Please use a permanent e-mail address'],
    ['email_plus_address', 'Please use your e-mail address without "+"'],
    ['not_invited', 'An invitation is needed'],
    ['blocked', 'This account is blocked'],
    ['no_rule', 'This is not allowed'],
  ])('%s: %s', (code, text) => {
    expect(messageFor(policy, code)).toBe(text);
  });

  it('in the words of Gatehouse, where the policy has none', () => {
    expect(messageFor(compiled('version: 1'), 'domain_denied')).toBe(
      'This e-mail address cannot be used here',
    );
  });
});
