import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@aws-lambda-powertools/logger';
import { FlatFormatter } from '../../shared/runtime/failure-logger.ts';
import { type AuditEntry, createLog } from '../../shared/runtime/log.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

/** Everything that is written while `act` runs. */
async function written(act: () => void | Promise<void>): Promise<string> {
  let text = '';
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((chunk) => {
      text += String(chunk);
      return true;
    });
  }
  await act();
  return text;
}

describe('the audit line', () => {
  const lineOf = (entry: AuditEntry) => written(() => createLog('authorizer', 'hash', 'SILENT').audit(entry));

  it.each<[string, AuditEntry]>([
    [
      'a decision',
      {
        effect: 'allow',
        code: 'allowed',
        rule: 'readers-read',
        sub: 'u',
        client: 'c',
        pool: 'p',
        route: 'GET /',
      },
    ],
    [
      'nothing where nothing is known',
      { effect: 'deny', code: 'no_rule', rule: null, sub: '', route: 'GET /' },
    ],
    ['a reason', { effect: 'would_deny', code: 'token_invalid', reason: 'TOKEN_EXPIRED', route: 'GET /' }],
    ['text that is no plain text', { effect: 'deny', code: 'no_rule', route: 'GET /"\\\n\u2028\ud800é' }],
  ])('is what the logger would write: %s', async (_, entry) => {
    const line = await lineOf(entry);
    const logger = new Logger({ serviceName: 'gatehouse', logFormatter: new FlatFormatter() });
    const definition = {
      Namespace: 'Gatehouse',
      Dimensions: [['function'], ['function', 'code']],
      Metrics: [{ Name: entry.effect, Unit: 'Count' }],
    };
    const { timestamp, _aws: emf } = JSON.parse(line);
    const theirs = await written(() =>
      logger.info('decision', {
        function: 'authorizer',
        policy: 'hash',
        ...entry,
        [entry.effect]: 1,
        _aws: { Timestamp: emf.Timestamp, CloudWatchMetrics: [definition] },
      }),
    );
    expect(line).toBe(theirs.replace(/"timestamp":"[^"]*"/, `"timestamp":"${timestamp}"`));
    expect(emf.Timestamp).toBe(Date.parse(timestamp));
  });

  it.each([
    [
      'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
      '1-5759e988-bd862e3fe1be46a994272793',
    ],
    ['Parent=53995c3f42cd8ad8;Root=1-abc', '1-abc'],
    ['1-abc', '1-abc'],
    ['Parent=53995c3f42cd8ad8', undefined],
    ['', undefined],
  ])('names the trace of %p', async (variable, trace) => {
    process.env['_X_AMZN_TRACE_ID'] = variable;
    try {
      const line = JSON.parse(await lineOf({ effect: 'allow', code: 'allowed', route: 'GET /' }));
      expect(line.xray_trace_id).toBe(trace);
    } finally {
      delete process.env['_X_AMZN_TRACE_ID'];
    }
  });
});

describe('a failure in the log', () => {
  const lineOf = (error: unknown) => written(() => createLog('authorizer', 'hash', 'INFO').failure(error));

  it('has name, code and frames, and no message: it can quote what could not be read', async () => {
    const error = Object.assign(new TypeError('secret', { cause: new Error('secret') }), { code: 'E_ODD' });
    const line = await lineOf(error);
    expect(JSON.parse(line)).toMatchObject({
      message: 'failure',
      function: 'authorizer',
      error: 'TypeError',
      code: 'E_ODD',
      cause: 'Error',
      frames: expect.arrayContaining([expect.stringContaining('log.test.ts')]),
    });
    expect(line).not.toContain('secret');
  });

  it.each<[string, unknown]>([
    ['an error', new Error('secret')],
    ['an error of several lines', new Error('a\n    at secret')],
    ['text', 'secret'],
    ['an object', { secret: 'secret' }],
  ])('never shows what was thrown: %s', async (_, error) => {
    const line = await lineOf(error);
    expect(JSON.parse(line)).toMatchObject({ level: 'ERROR', failure: 1 });
    expect(line).not.toContain('secret');
  });
});
