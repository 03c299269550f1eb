/** Sends a mail for each message, to the service at its address, in a process where nothing stands in for Node. */

import { SESv2Client } from '@aws-sdk/client-sesv2';
import { MailError } from '../../shared/mail/ports.ts';
import { sesMailer } from '../../shared/mail/ses.ts';
import { MAIL_CLIENT_SETTINGS, MAIL_LIMIT_MS } from '../../shared/runtime/aws-client.ts';
import { TEMPLATES } from './templates.ts';

process.on('message', (endpoint: string) => {
  void answer(endpoint);
});

async function answer(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new SESv2Client({ ...MAIL_CLIENT_SETTINGS, region: 'eu-west-1', endpoint, credentials });
  const start = performance.now();
  const error = await sesMailer(client, {
    from: 'no-reply@example.com',
    templates: TEMPLATES,
    limitMs: MAIL_LIMIT_MS,
  })
    .send('otp', 'ada@example.com', { code: '12345678', minutes: '5' })
    .then(
      () => null,
      (thrown: unknown) => thrown,
    );
  const known = error instanceof MailError;
  process.send?.({
    outcome: error === null ? 'sent' : known ? error.code : String(error),
    text: known ? error.message : '',
    ms: performance.now() - start,
  });
}
