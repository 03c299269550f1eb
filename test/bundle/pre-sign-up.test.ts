import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { giveInvitation } from '../../shared/store/invitations.ts';
import { auditOf, type Functions, functionsWith } from '../support/bundles.ts';
import { AWS_ENV, startDynamodb } from '../support/dynamodb.ts';
import { GENERIC, sampleEvent, withAttributes } from '../support/trigger-events.ts';

const dynamodb = await startDynamodb();
const CLIENT = { APP_CLIENT_IDS: 'client1' };
const SOURCES = ['sign-up', 'admin-create-user', 'external-provider'].map((name) => `pre-sign-up/${name}`);

describe('sign_up.mode: invite', () => {
  let functions: Functions;
  let env: Record<string, string>;
  const signUp = (email: unknown, source = 'pre-sign-up/sign-up', change: Record<string, string> = {}) =>
    functions
      .start('pre-sign-up', { ...CLIENT, ...env, ...change })
      .invoke(withAttributes(sampleEvent(source), { email }));

  beforeAll(async () => {
    functions = await functionsWith(
      'version: 1\ndomains: { deny: [evil.io] }\nsign_up: { mode: invite }\nmessages: { not_invited: Ask Ada }',
    );
    const table = await dynamodb.table();
    ({ env } = table);
    const now = Math.floor(Date.now() / 1000);
    const give = (invited: string, expiresAt: number | null = null) =>
      giveInvitation(table.store, { invited, expiresAt }, { write: true, nowSeconds: now });
    await give('ada@example.com');
    await give('@partner.io');
    await give('@evil.io');
    await give('late@example.com', now - 1);
  });

  it.each(SOURCES)('lets in who is invited, and nobody else: %s', async (source) => {
    for (const email of ['Ada@Example.com', 'anybody@partner.io'])
      expect((await signUp(email, source)).answer.ok).toBe(true);
    for (const email of ['eve@example.com', 'ada+x@example.com', 'a@x.partner.io', 'late@example.com']) {
      const invocation = await signUp(email, source);
      expect(invocation.answer).toMatchObject({ ok: false, errorMessage: 'Ask Ada' });
      expect(auditOf(invocation)).toMatchObject({ effect: 'deny', code: 'not_invited' });
    }
  });

  it('opens no other gate', async () => {
    expect(auditOf(await signUp('a@evil.io'))).toMatchObject({ code: 'domain_denied' });
  });

  it('only says so under MODE=observe', async () => {
    const invocation = await signUp('eve@example.com', undefined, { MODE: 'observe' });
    expect(invocation.answer.ok).toBe(true);
    expect(auditOf(invocation)).toMatchObject({ effect: 'would_deny', code: 'not_invited' });
  });

  it('does not start without a table', async () => {
    const { answer } = await functions.start('pre-sign-up', CLIENT).invoke({});
    expect(answer).toMatchObject({
      ok: false,
      errorMessage: 'TABLE_NAME is missing: `sign_up.mode: invite` needs it',
    });
  });

  describe('when the table does not answer as it should', () => {
    let behave: 'hang' | 'throttle' | 'lie' = 'hang';
    const table = createServer((request, response) => {
      request.resume();
      if (behave === 'hang') return;
      const [status, body] =
        behave === 'throttle'
          ? [400, { __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException' }]
          : [200, { Item: { PK: { S: 'INVITE' } } }];
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
    });
    beforeAll(() => new Promise<void>((resolve) => table.listen(0, '127.0.0.1', resolve)));
    afterAll(() => {
      table.closeAllConnections();
      table.close();
    });
    const failing = () => ({
      ...AWS_ENV,
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(table.address() as AddressInfo).port}`,
    });

    it.each([
      ['refused', 'STORE_UNAVAILABLE'],
      ['hang', 'STORE_UNAVAILABLE'],
      ['throttle', 'STORE_UNAVAILABLE'],
      ['lie', 'STORE_MALFORMED'],
    ])('%s: nobody signs up, in time, and learns nothing of why', async (how, code) => {
      const change = how === 'refused' ? { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' } : failing();
      if (how !== 'refused') behave = how as typeof behave;
      const started = Date.now();
      const { answer, logLines } = await signUp('ada@example.com', undefined, change);
      expect(answer).toMatchObject({ ok: false, errorMessage: GENERIC });
      expect(Date.now() - started).toBeLessThan(4000);
      expect(logLines).toHaveLength(1);
      expect(String(logLines)).toContain(`"code":"${code}"`);
      expect(String(logLines)).not.toContain('ada@');
    });

    it('everybody passes under MODE=observe, and the failure is logged', async () => {
      behave = 'lie';
      const { answer, logLines } = await signUp('eve@example.com', undefined, {
        ...failing(),
        MODE: 'observe',
      });
      expect(answer.ok).toBe(true);
      expect(String(logLines)).toContain('STORE_MALFORMED');
    });
  });
});
