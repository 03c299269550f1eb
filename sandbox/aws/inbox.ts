/** Where all mail of the sandbox goes: a local SESv2, which also shows it on a web page (its URL in a browser). */

import ses from 'aws-ses-v2-local';
import { listening, type LocalServer } from '../http.ts';

export interface Mail {
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
}

export interface Inbox extends LocalServer {
  /** For the user pool, which sends codes by itself. */
  send: (mail: { to: string; subject: string; text: string }) => Promise<void>;
  /** Everything for this address, in any case, oldest first. */
  mailFor: (address: string) => Promise<Mail[]>;
}

const POOL_SENDER = 'no-reply@verificationemail.com';

interface StoredMail {
  from: string;
  destination: { to: string[] };
  subject: string;
  body: { text?: string; html?: string };
}

export async function startInbox(): Promise<Inbox> {
  const server = await listening(await ses.default({ host: '127.0.0.1', port: 0 }), 0);
  return {
    ...server,
    send: async ({ to, subject, text }) => {
      const response = await fetch(`${server.url}/v2/email/outbound-emails`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'AWS4-HMAC-SHA256 local' },
        body: JSON.stringify({
          FromEmailAddress: POOL_SENDER,
          Destination: { ToAddresses: [to] },
          Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: text } } } },
        }),
      });
      if (!response.ok) throw new Error(`the inbox took no mail: ${await response.text()}`);
    },
    mailFor: async (address) => {
      const { emails } = (await (await fetch(`${server.url}/store`)).json()) as { emails: StoredMail[] };
      const isTheirs = (to: string) => to.toLowerCase() === address.toLowerCase();
      return emails.map(toMail).filter(({ to }) => to.some(isTheirs));
    },
  };
}

function toMail({ from, destination, subject, body }: StoredMail): Mail {
  return { from, to: destination.to, subject, text: body.text ?? '', html: body.html ?? '' };
}
