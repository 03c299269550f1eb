/** SES on this machine, with an inbox to look into. */

import type { AddressInfo } from 'node:net';
import sesLocal from 'aws-ses-v2-local';

export interface ReceivedMail {
  from: string;
  destination: { to: string[] };
  subject: string;
  body: { text: string; html: string };
}

/** One inbox for all that are started in a process: the library keeps it so. */
export async function startSes() {
  const server = await sesLocal.default({ host: '127.0.0.1', port: 0 });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    inbox: async () =>
      ((await (await fetch(`${endpoint}/store`)).json()) as { emails: ReceivedMail[] }).emails,
    clear: () => fetch(`${endpoint}/clear-store`, { method: 'POST' }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}
