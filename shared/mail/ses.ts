/** Amazon SES. Import it lazily: the client and the templates are for those few calls that send a mail. */

import { SendEmailCommand, type SESv2Client } from '@aws-sdk/client-sesv2';
import { domainOfMailbox } from '../policy/domain.ts';
import { MailError, type Mailer } from './ports.ts';
import { fromHeader } from './sender.ts';
import { type MailTemplates, renderMail } from './templates.ts';

export interface SesSettings {
  /** `MAIL_FROM`. */
  from: string;
  templates: MailTemplates;
  /** After so long an answer is not waited for any more, whatever has come of it. */
  limitMs: number;
}

/** `client` makes one attempt: SES cannot tell a repeated request from a second mail. */
export function sesMailer(client: SESv2Client, { from, templates, limitMs }: SesSettings): Mailer {
  const sender = fromHeader(from);
  return {
    send: async (template, to, values) => {
      const recipient = await plainMailbox(to);
      const { subject, text, html } = renderMail(templates, template, values);
      const utf8 = (data: string) => ({ Data: data, Charset: 'UTF-8' });
      const request = new SendEmailCommand({
        FromEmailAddress: sender,
        Destination: { ToAddresses: [recipient] },
        Content: { Simple: { Subject: utf8(subject), Body: { Text: utf8(text), Html: utf8(html) } } },
      });
      const { MessageId } = await client
        .send(request, { abortSignal: AbortSignal.timeout(limitMs) })
        .catch((cause: unknown) => {
          throw new MailError(isRefused(cause) ? 'MAIL_REFUSED' : 'MAIL_UNKNOWN', { cause });
        });
      // Every mail that SES takes gets an id; an answer without one is not SES's.
      if (!MessageId) throw new MailError('MAIL_UNKNOWN');
    },
  };
}

/** The address with its domain in ASCII, as SES wants it; what could be read as two addresses gets no mail. */
async function plainMailbox(address: string): Promise<string> {
  const domain = await domainOfMailbox(address);
  if (domain === null) throw new MailError('MAIL_REFUSED');
  return `${address.slice(0, address.indexOf('@'))}@${domain}`;
}

const NEVER_CONNECTED = /did not establish a connection/;

/** True only where the request certainly came to nothing: SES said no, or nobody was reached to ask. */
function isRefused(error: unknown): boolean {
  const { name, message, syscall, errors, $metadata } = error as Partial<NodeJS.ErrnoException> & {
    errors?: NodeJS.ErrnoException[];
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  // 408: the request did not arrive whole, or did and was not read in time.
  if (status !== undefined) return status >= 400 && status < 500 && status !== 408;
  const calls = errors ? errors.map((each) => each.syscall) : [syscall];
  return (
    calls.every((call) => call === 'connect' || call === 'getaddrinfo') ||
    (name === 'TimeoutError' && NEVER_CONNECTED.test(message ?? '')) ||
    name === 'CredentialsProviderError'
  );
}
