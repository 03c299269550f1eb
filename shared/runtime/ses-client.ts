/** The SES client and the templates; a chunk of its own in every bundle that sends mail. */

import { SESv2Client } from '@aws-sdk/client-sesv2';
import { mailTemplates } from 'gatehouse:templates';
import type { Mailer } from '../mail/ports.ts';
import { sesMailer } from '../mail/ses.ts';
import { MAIL_CLIENT_SETTINGS, MAIL_LIMIT_MS } from './aws-client.ts';

export function openSes(from: string): Mailer {
  return sesMailer(new SESv2Client(MAIL_CLIENT_SETTINGS), {
    from,
    templates: mailTemplates,
    limitMs: MAIL_LIMIT_MS,
  });
}
