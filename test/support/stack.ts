/** A CloudFormation on loopback that describes one stack; it goes at the test file's end. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from '@jest/globals';

export class WireStack {
  /** Null: there is no such stack. */
  outputs: Record<string, string> | null = {};
  #address = '';

  constructor() {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(this.outputs ? 200 : 400, { 'content-type': 'text/xml' }).end(this.#answer());
    });
    beforeAll(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      this.#address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });
  }

  get env(): Record<string, string> {
    return { AWS_ENDPOINT_URL_CLOUDFORMATION: this.#address };
  }

  #answer(): string {
    if (!this.outputs)
      return '<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>no</Message></Error></ErrorResponse>';
    return stackAsXml(this.outputs);
  }
}

/** What `DescribeStacks` answers. */
export function stackAsXml(outputs: Record<string, string>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>s</StackName><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}
