import { beforeAll, describe, expect, it } from '@jest/globals';
import { auditOf, type Functions, functionsWith } from '../support/bundles.ts';
import {
  GENERIC,
  sampleEvent as sample,
  type TriggerEvent,
  withAttributes,
} from '../support/trigger-events.ts';

let functions: Functions;
const ENV = { APP_CLIENT_IDS: 'client1' };
const withEmail = (event: TriggerEvent, email: unknown) => withAttributes(event, { email });

beforeAll(async () => {
  functions = await functionsWith(`
version: 1
domains: { allow: [example.com], disposable: deny, plus_addressing: deny }
groups: { editor: { includes: [reader] }, reader: {} }
sign_up: { auto_confirm: true }
tokens: { claims: { level: 5 }, scopes: { reader: [articles/read] } }
messages: { domain_denied: "Not you" }
`);
});

describe('pre-sign-up', () => {
  it('confirms where the policy says so, for SignUp alone, and never verifies an address', async () => {
    const trigger = functions.start('pre-sign-up', ENV);
    const response = async (name: string) => {
      const { answer } = await trigger.invoke(withEmail(sample(`pre-sign-up/${name}`), 'a@example.com'));
      return answer.ok ? (answer.payload as TriggerEvent).response : answer;
    };
    expect(await response('sign-up')).toEqual({
      autoConfirmUser: true,
      autoVerifyEmail: false,
      autoVerifyPhone: false,
    });
    expect(await response('admin-create-user')).toMatchObject({ autoConfirmUser: false });
    expect(await response('external-provider')).toMatchObject({ autoConfirmUser: false });
  });

  it.each([
    ['a@example.com+evil.io', 'Not you'],
    ['a+b@example.com', 'Please use your e-mail address without "+"'],
    [undefined, 'An e-mail address is needed'],
  ])('refuses %p with a text for the person', async (email, text) => {
    const { answer } = await functions
      .start('pre-sign-up', ENV)
      .invoke(withEmail(sample('pre-sign-up/sign-up'), email));
    expect(answer).toMatchObject({ ok: false, errorMessage: text });
  });

  it('governs the listed clients, what administrators create, and what says not whose it is', async () => {
    const trigger = functions.start('pre-sign-up', ENV);
    const denied = (change: object) => trigger.invoke({ ...sample('pre-sign-up/sign-up-denied'), ...change });
    expect((await denied({})).answer.ok).toBe(false);
    expect((await denied({ callerContext: { clientId: 'client2' } })).answer.ok).toBe(true);
    expect(
      (await denied({ callerContext: { clientId: 'client2' }, triggerSource: 'PreSignUp_AdminCreateUser' }))
        .answer.ok,
    ).toBe(false);
    expect((await denied({ callerContext: {} })).answer.ok).toBe(false);
    expect((await denied({ callerContext: undefined })).answer.ok).toBe(false);
  });

  it('looks up throw-away mailboxes in its lazily loaded list', async () => {
    const others = await functionsWith('version: 1\ndomains: { disposable: deny }');
    const { answer } = await others
      .start('pre-sign-up', ENV)
      .invoke(withEmail(sample('pre-sign-up/sign-up'), 'a@mailinator.com'));
    expect(answer).toMatchObject({ ok: false, errorMessage: 'Please use a permanent e-mail address' });
  });
});

describe('pre-token-generation', () => {
  it('types claims from version 2 on, and gives scopes there', async () => {
    const trigger = functions.start('pre-token-generation', ENV);
    const response = async (name: string) => {
      const { answer } = await trigger.invoke(sample(`pre-token-generation/${name}`));
      return answer.ok ? (answer.payload as TriggerEvent).response : answer;
    };
    expect(await response('v1-authentication')).toEqual({
      claimsOverrideDetails: {
        claimsToAddOrOverride: { level: '5', gatehouse_domain: 'example.com' },
        groupOverrideDetails: { groupsToOverride: ['editor', 'reader'], iamRolesToOverride: [] },
      },
    });
    expect(await response('v2-hosted-auth')).toEqual({
      claimsAndScopeOverrideDetails: {
        idTokenGeneration: { claimsToAddOrOverride: { level: 5, gatehouse_domain: 'example.com' } },
        accessTokenGeneration: {
          claimsToAddOrOverride: { level: 5, gatehouse_domain: 'example.com' },
          scopesToAdd: ['articles/read'],
        },
        groupOverrideDetails: { groupsToOverride: ['editor', 'reader'], iamRolesToOverride: [] },
      },
    });
  });

  it.each(['v1-authentication', 'v2-hosted-auth', 'v3-refresh'])(
    'blocks who has left the domain, also on refresh: %s',
    async (name) => {
      const event = withEmail(sample(`pre-token-generation/${name}`), 'ada@elsewhere.org');
      expect((await functions.start('pre-token-generation', ENV).invoke(event)).answer).toMatchObject({
        ok: false,
        errorMessage: 'Not you',
      });
    },
  );

  it('takes the guide’s own sample, with a list for the preferred role', async () => {
    const event = sample('pre-token-generation/v2-hosted-auth');
    const role = 'arn:aws:iam::123456789012:role/sns_caller';
    const configuration = {
      groupsToOverride: ['editor', null],
      iamRolesToOverride: [role],
      preferredRole: [role],
    };
    const { answer } = await functions
      .start('pre-token-generation', ENV)
      .invoke({ ...event, request: { ...event.request, groupConfiguration: configuration } });
    expect(answer).toMatchObject({
      ok: true,
      payload: {
        response: {
          claimsAndScopeOverrideDetails: {
            groupOverrideDetails: {
              groupsToOverride: ['editor', 'reader'],
              iamRolesToOverride: [role],
              preferredRole: role,
            },
          },
        },
      },
    });
  });

  it.each([
    [{}],
    [{ groupsToOverride: null, iamRolesToOverride: null, preferredRole: null }],
    [{ groupsToOverride: [] }],
  ])('takes a group configuration that says little: %j', async (groupConfiguration) => {
    const event = sample('pre-token-generation/v2-hosted-auth');
    const { answer } = await functions
      .start('pre-token-generation', ENV)
      .invoke({ ...event, request: { userAttributes: event.request['userAttributes'], groupConfiguration } });
    expect(answer).toMatchObject({ ok: true });
    expect(JSON.stringify(answer)).not.toContain('groupOverrideDetails');
  });

  it.each([null, undefined, {}, { groupsToOverride: null, iamRolesToOverride: ['arn:aws:iam::1:role/x'] }])(
    'overrides no groups that the event does not tell: %j',
    async (groupConfiguration) => {
      const event = sample('pre-token-generation/v2-hosted-auth');
      const partner = withEmail(event, 'a@partner.example.com');
      const computing = await functionsWith(
        'version: 1\ngroups: { partner: { members: { domains: [partner.example.com] } } }',
      );
      const { answer } = await computing
        .start('pre-token-generation', ENV)
        .invoke({ ...partner, request: { ...partner.request, groupConfiguration } });
      expect(answer.ok).toBe(true);
      expect(JSON.stringify(answer)).not.toContain('groupOverrideDetails');
    },
  );

  it('warns of a token that does not fit into a header, with its size alone, and cuts nothing off', async () => {
    const event = sample('pre-token-generation/v2-hosted-auth');
    const groupsToOverride = Array.from({ length: 100 }, (_, index) => `secret-${index}-${'x'.repeat(110)}`);
    const groupConfiguration = { groupsToOverride: ['editor', ...groupsToOverride], iamRolesToOverride: [] };
    const { answer, logLines } = await functions
      .start('pre-token-generation', ENV)
      .invoke({ ...event, request: { ...event.request, groupConfiguration } });
    expect(JSON.stringify(answer)).toContain(JSON.stringify([...groupsToOverride, 'reader']).slice(1));
    const warnings = logLines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'WARN');
    expect(warnings).toMatchObject([
      { code: 'TOKEN_SIZE', token: 'access', bytes: expect.any(Number), warning: 1 },
      { code: 'TOKEN_SIZE', token: 'id', bytes: expect.any(Number) },
    ]);
    expect(warnings[0].bytes).toBeGreaterThan(16_000);
    expect(logLines.join()).not.toContain('secret-');
  });

  it('reads an international domain through its lazily loaded table', async () => {
    const others = await functionsWith('version: 1\ndomains: { allow: [bücher.example] }');
    const trigger = others.start('pre-token-generation', ENV);
    const domainOf = async (email: string) => {
      const { answer } = await trigger.invoke(
        withEmail(sample('pre-token-generation/v1-authentication'), email),
      );
      return answer.ok ? JSON.stringify((answer.payload as TriggerEvent).response) : answer.errorMessage;
    };
    expect(await domainOf('a@bücher.example')).toContain('"gatehouse_domain":"xn--bcher-kva.example"');
    expect(await domainOf('a@xn--bcher-kva.example')).toContain('"gatehouse_domain":"xn--bcher-kva.example"');
    for (const email of [
      'a@BÜCHER.example',
      'a@bu\u0308cher.example',
      'a@bücher．example',
      'a@ｂücher.example',
      'a@☃.example',
    ]) {
      expect(await domainOf(email)).toBe('This e-mail address cannot be used here');
    }
  });
});

describe('MODE=observe', () => {
  it.each([
    ['pre-sign-up', 'pre-sign-up/sign-up-denied'],
    ['pre-token-generation', 'pre-token-generation/v1-denied'],
    ['pre-token-generation', 'pre-token-generation/v1-unverified'],
  ])('%s: %s would be refused, is counted, and passes as it came', async (name, event) => {
    const invocation = await functions.start(name, { ...ENV, MODE: 'observe' }).invoke(sample(event));
    expect(invocation.answer).toEqual({ ok: true, payload: sample(event) });
    expect(auditOf(invocation)).toMatchObject({ effect: 'would_deny', would_deny: 1 });
  });

  it('stamps the domain of who passes, and writes nothing else', async () => {
    const { answer } = await functions
      .start('pre-token-generation', { ...ENV, MODE: 'observe' })
      .invoke(sample('pre-token-generation/v2-hosted-auth'));
    const stamp = { claimsToAddOrOverride: { gatehouse_domain: 'example.com' } };
    expect(answer).toMatchObject({
      ok: true,
      payload: {
        response: {
          claimsAndScopeOverrideDetails: { idTokenGeneration: stamp, accessTokenGeneration: stamp },
        },
      },
    });
    expect(JSON.stringify(answer)).not.toMatch(/groupOverrideDetails|scopesToAdd|level/);
  });

  it('confirms nobody', async () => {
    const event = withEmail(sample('pre-sign-up/sign-up'), 'a@example.com');
    expect((await functions.start('pre-sign-up', { ...ENV, MODE: 'observe' }).invoke(event)).answer).toEqual({
      ok: true,
      payload: event,
    });
  });
});

describe('hostile and unknown events', () => {
  it.each<[string, string, unknown]>([
    ['pre-sign-up', 'nothing', null],
    ['pre-sign-up', 'another trigger', sample('pre-token-generation/v1-authentication')],
    ['pre-sign-up', 'no request', { ...sample('pre-sign-up/sign-up'), request: undefined }],
    [
      'pre-sign-up',
      'attributes that are text',
      { ...sample('pre-sign-up/sign-up'), request: { userAttributes: 'x' } },
    ],
    ['pre-token-generation', 'another trigger', sample('pre-sign-up/sign-up')],
    [
      'pre-token-generation',
      'an unknown version',
      { ...sample('pre-token-generation/v1-authentication'), version: '4' },
    ],
    [
      'pre-token-generation',
      'groups that are text',
      {
        ...sample('pre-token-generation/v1-authentication'),
        request: { userAttributes: {}, groupConfiguration: { groupsToOverride: 'admin' } },
      },
    ],
  ])('%s refuses %s, and says nothing of it to an outsider', async (name, _, event) => {
    const { answer, logLines } = await functions.start(name, ENV).invoke(event);
    expect(answer).toEqual({ ok: false, errorType: 'Error', errorMessage: GENERIC });
    expect(logLines).toHaveLength(1);
    expect(String(logLines)).toContain('EVENT_INVALID');
    expect(String(logLines)).not.toContain('ada@example.com');
  });

  it('unknown fields come back untouched, at every depth', async () => {
    const event = sample('pre-token-generation/v2-hosted-auth');
    const strange = {
      ...event,
      future: { a: [1] },
      callerContext: { ...(event['callerContext'] as object), future: 1 },
      request: { ...event.request, future: { b: 2 } },
    };
    const { answer } = await functions.start('pre-token-generation', ENV).invoke(strange);
    expect(answer).toMatchObject({
      ok: true,
      payload: { future: { a: [1] }, callerContext: { future: 1 }, request: { future: { b: 2 } } },
    });
  });

  it('attributes that a JavaScript object inherits are no attributes', async () => {
    const event = sample('pre-token-generation/v1-authentication');
    const text = JSON.stringify(event).replace('"custom:tenant"', '"__proto__"');
    const { answer } = await functions.start('pre-token-generation', ENV).invoke(JSON.parse(text));
    expect(answer.ok).toBe(true);
  });

  it('a start without its clients', async () => {
    for (const name of ['pre-sign-up', 'pre-token-generation']) {
      const { answer } = await functions.start(name, {}).invoke(sample('pre-sign-up/sign-up'));
      expect(answer).toMatchObject({
        ok: false,
        errorType: 'ConfigError',
        errorMessage: expect.stringMatching(/^APP_CLIENT_IDS is missing/),
      });
    }
  });
});
