import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { MailError } from '../../shared/mail/ports.ts';
import { sesMailer } from '../../shared/mail/ses.ts';
import { MAIL_CLIENT_SETTINGS, MAIL_LIMIT_MS } from '../../shared/runtime/aws-client.ts';
import { lazyMailer } from '../../shared/runtime/lazy-mailer.ts';
import { type Inbox, startInbox } from '../../sandbox/aws/inbox.ts';
import { TEMPLATES } from '../support/templates.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const mailer = (endpoint: string, from = 'Gatehouse <no-reply@example.com>') =>
  sesMailer(new SESv2Client({ ...MAIL_CLIENT_SETTINGS, region: 'eu-west-1', endpoint, credentials }), {
    from,
    templates: TEMPLATES,
    limitMs: MAIL_LIMIT_MS,
  });
const send = (endpoint: string, to = 'ada@example.com') =>
  mailer(endpoint).send('otp', to, { code: '12345678', minutes: '5' });

let ses: Inbox;
beforeAll(async () => {
  ses = await startInbox();
});
afterAll(() => ses.close());

async function delivered(): Promise<number> {
  const { emails } = (await (await fetch(`${ses.url}/store`)).json()) as { emails: unknown[] };
  return emails.length;
}

describe('a mail', () => {
  it('arrives in both forms, from and to whom it should', async () => {
    await mailer(ses.url).send('welcome', 'ada@example.com', {
      email: 'ada@example.com',
      name: 'Ada <i>',
    });
    const [mail, ...more] = await ses.mailFor('ada@example.com');
    expect(more).toEqual([]);
    expect(mail).toMatchObject({
      from: 'Gatehouse <no-reply@example.com>',
      to: ['ada@example.com'],
      subject: 'Your account is ready',
      text: expect.stringContaining('Hello Ada <i>,'),
      html: expect.stringContaining('Hello Ada &lt;i&gt;'),
    });
  });

  it('goes to the ASCII form of a domain', async () => {
    await send(ses.url, 'ada@bücher.example');
    expect(await ses.mailFor('ada@xn--bcher-kva.example')).toHaveLength(1);
  });

  it.each([
    'ada@example.com, eve@example.com',
    'ada@example.com\r\nBcc: eve@example.com',
    '<ada@example.com>',
    '"a@b"@example.com',
    'ada',
    '',
  ])('goes to nobody at %j', async (to) => {
    const before = await delivered();
    await expect(send(ses.url, to)).rejects.toMatchObject({ code: 'MAIL_REFUSED' });
    expect(await delivered()).toBe(before);
  });

  it('without a sender is refused', () =>
    expect(lazyMailer(null).send('otp', 'ada@example.com', {})).rejects.toMatchObject({
      code: 'MAIL_REFUSED',
    }));
});

const http = (status: number, body: string, headers: string[] = ['content-type: application/json']) =>
  [`HTTP/1.1 ${status} X`, `content-length: ${Buffer.byteLength(body)}`, ...headers, '', body].join('\r\n');
const exception = (status: number, type: string) =>
  http(status, JSON.stringify({ message: 'for ada@example.com' }), [
    'content-type: application/json',
    `x-amzn-errortype: ${type}`,
  ]);
const answering = (answer: string) => (socket: Socket) => socket.once('data', () => socket.write(answer));

describe('a service that', () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  // Jest's errors are not Node's, and the SDK wraps what is none of its own.
  const sender = fork(join(import.meta.dirname, '../support/mail-sender.ts'), { execArgv: [] });
  let requests = 0;

  async function peer(serve: (socket: Socket) => unknown): Promise<string> {
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('data', () => requests++);
      serve(socket);
    });
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  beforeEach(() => {
    requests = 0;
  });
  afterAll(() => {
    sender.kill();
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  });

  it.each<[string, MailError['code'], (socket: Socket) => unknown]>([
    ['rejects the mail', 'MAIL_REFUSED', answering(exception(400, 'MessageRejected'))],
    ['throttles', 'MAIL_REFUSED', answering(exception(429, 'TooManyRequestsException'))],
    ['denies access', 'MAIL_REFUSED', answering(exception(403, 'AccessDeniedException'))],
    ['refuses with garbage', 'MAIL_REFUSED', answering(http(400, '<html>'))],
    ['did not read the request in time', 'MAIL_UNKNOWN', answering(exception(408, 'RequestTimeout'))],
    ['fails', 'MAIL_UNKNOWN', answering(exception(500, 'InternalFailure'))],
    ['is overloaded', 'MAIL_UNKNOWN', answering(http(503, 'busy', []))],
    ['takes the mail and answers garbage', 'MAIL_UNKNOWN', answering(http(200, '<html>'))],
    ['takes the mail and answers nothing', 'MAIL_UNKNOWN', answering(http(200, '{}'))],
    ['answers what is no HTTP', 'MAIL_UNKNOWN', answering('220 smtp.example ESMTP\r\n')],
    ['hangs up', 'MAIL_UNKNOWN', (socket) => socket.once('data', () => socket.destroy())],
    ['hangs up at once', 'MAIL_UNKNOWN', (socket) => socket.destroy()],
    ['hangs', 'MAIL_UNKNOWN', () => {}],
    [
      'hangs in the middle of its answer',
      'MAIL_UNKNOWN',
      answering('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{'),
    ],
  ])('%s: %s, after one request, in time, and saying nothing of it', async (_, code, serve) => {
    const { outcome, text, ms } = await sendFrom(sender, await peer(serve));
    expect({ outcome, text }).toEqual({ outcome: code, text: 'the mail was not sent' });
    expect(ms).toBeLessThan(MAIL_LIMIT_MS + 1400);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(requests).toBeLessThanOrEqual(1);
  });

  it('is not there', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    for (const endpoint of [`http://127.0.0.1:${port}`, `http://localhost:${port}`, 'http://nowhere.invalid'])
      expect(await sendFrom(sender, endpoint)).toMatchObject({ outcome: 'MAIL_REFUSED' });
  });

  it('takes no more connections', async () => {
    const { port, close } = await fullListener();
    const result = await sendFrom(sender, `http://127.0.0.1:${port}`);
    close();
    expect(result).toMatchObject({ outcome: 'MAIL_REFUSED' });
    expect(result.ms).toBeLessThan(1500);
  });
});

/** A process that has stopped, and so many connections to it that its queue is full. */
async function fullListener() {
  const script =
    "require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { process.send(this.address().port) })";
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [port] = (await once(child, 'message')) as [number];
  child.kill('SIGSTOP');
  const fillers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    port,
    close: () => {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
    },
  };
}

interface Sent {
  outcome: string;
  text: string;
  ms: number;
}

async function sendFrom(sender: ChildProcess, endpoint: string): Promise<Sent> {
  sender.send(endpoint);
  const [sent] = (await once(sender, 'message')) as [Sent];
  return sent;
}
