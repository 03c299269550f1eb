import { beforeAll, describe, expect, it } from '@jest/globals';
import { auditOf, type Functions, functionsWith } from '../support/bundles.ts';
import { GENERIC, sampleEvent } from '../support/trigger-events.ts';

const SECRET = 'eyJ.not-for-any-log.sig';
const ENV = { APP_CLIENT_IDS: 'client1' };
let functions: Functions;
beforeAll(async () => {
  functions = await functionsWith('version: 1\nproviders: { Okta: { domains: [partner.io] } }');
});

const withResponse = (attributes: unknown, name = 'oidc') => {
  const event = sampleEvent(`inbound-federation/${name}`);
  return { ...event, request: { ...event.request, attributes } };
};
const mapped = ({ answer }: { answer: { ok: boolean; payload?: unknown } }) =>
  (answer.payload as { response: { userAttributesToMap: Record<string, string> } }).response
    .userAttributesToMap;

describe('inbound-federation', () => {
  it('takes the ID token’s word before userInfo’s, and hands on what may be mapped', async () => {
    const invocation = await functions.start('inbound-federation', ENV).invoke(
      withResponse({
        tokenResponse: { access_token: SECRET, id_token: SECRET, refresh_token: SECRET, scope: 'openid' },
        idToken: { sub: '1', email: 'ada@partner.io' },
        userInfo: { sub: '1', email: 'victim@example.com', name: 'Ada' },
      }),
    );
    expect(mapped(invocation)).toEqual({
      access_token: SECRET,
      id_token: SECRET,
      sub: '1',
      email: 'ada@partner.io',
      name: 'Ada',
      email_verified: 'true',
    });
    expect(invocation.logLines).toHaveLength(1);
    expect(auditOf(invocation)).toMatchObject({ effect: 'allow', code: 'allowed', provider: 'Okta' });
    expect(invocation.logLines.join()).not.toMatch(/not-for-any-log|partner\.io|example\.com|Ada/);
  });

  it.each([
    ['google', 'email_unverified'],
    ['facebook', 'email_missing'],
  ])('lets %s go on, and says why the address does not count: %s', async (name, code) => {
    const invocation = await functions
      .start('inbound-federation', ENV)
      .invoke(sampleEvent(`inbound-federation/${name}`));
    expect(mapped(invocation)['email_verified']).toBe('false');
    expect(auditOf(invocation)).toMatchObject({ effect: 'allow', code });
  });

  it('changes nothing under MODE=observe, and counts whose verification would be withdrawn', async () => {
    const trigger = functions.start('inbound-federation', { ...ENV, MODE: 'observe' });
    for (const [name, effect] of [
      ['oidc', 'allow'],
      ['google', 'would_deny'],
      ['saml', 'allow'],
    ] as const) {
      const event = sampleEvent(`inbound-federation/${name}`);
      const invocation = await trigger.invoke(event);
      expect(invocation.answer).toEqual({ ok: true, payload: event });
      expect(auditOf(invocation)).toMatchObject({ effect });
    }
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['another trigger', sampleEvent('pre-sign-up/sign-up')],
    ['no attributes', withResponse(undefined)],
    ['claims that are a token', withResponse({ idToken: SECRET })],
    ['claims that are a list', withResponse({ samlResponse: [{ email: SECRET }] })],
    ['no provider', { ...withResponse({}), request: { attributes: {} } }],
  ])('refuses %s, and says nothing of it', async (_, event) => {
    const { answer, logLines } = await functions.start('inbound-federation', ENV).invoke(event);
    expect(answer).toEqual({ ok: false, errorType: 'Error', errorMessage: GENERIC });
    expect(logLines).toHaveLength(1);
    expect(logLines[0]).toContain('EVENT_INVALID');
    expect(logLines[0]).not.toContain('not-for-any-log');
  });

  it('takes a response without anything in it, of a provider whose userInfo failed', async () => {
    const invocation = await functions
      .start('inbound-federation', ENV)
      .invoke(withResponse({ tokenResponse: null, idToken: {}, userInfo: {} }));
    expect(mapped(invocation)).toEqual({ email_verified: 'false' });
  });

  it('is not thrown by what an attacker sends: nested, huge, and named like an object’s members', async () => {
    const nested = JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`) as unknown;
    const claims = JSON.parse('{"__proto__": {"email": "ada@partner.io"}, "hasOwnProperty": "x"}') as object;
    const invocation = await functions.start('inbound-federation', ENV).invoke(
      withResponse({
        idToken: { ...claims, nested, long: 'x'.repeat(1_000_000), email_verified: { true: true } },
      }),
    );
    expect(mapped(invocation)).toMatchObject({ hasOwnProperty: 'x', email_verified: 'false' });
    expect(Object.keys(mapped(invocation)).toSorted()).toEqual(['email_verified', 'hasOwnProperty', 'long']);
  });
});
