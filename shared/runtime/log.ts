/** What a function writes: one audit line for each decision, with its metric in it, and one for each failure. */

import type { DecisionCode } from '../policy/codes.ts';
import type { LogLevel } from './config.ts';

/** What was decided, about whom, on what. Never a token, code, password or whole event. */
export interface AuditEntry {
  /** `would_deny`: refused, but let pass by `MODE=observe`. */
  effect: 'allow' | 'deny' | 'would_deny';
  code: DecisionCode;
  rule?: string | null;
  /** More than the code says, for whoever reads the log: why a token is invalid. */
  reason?: string | undefined;
  /** The identity provider, by its name in the pool. */
  provider?: string;
  sub?: string | null;
  client?: string | null;
  pool?: string | null;
  /** Verb and path, or the trigger's source. */
  route: string;
}

export interface Log {
  audit: (entry: AuditEntry) => void;
  failure: (error: unknown) => Promise<void>;
  /** Something that works, and will not for long; numbers and words of ours only. */
  warning: (code: string, details: Readonly<Record<string, string | number>>) => Promise<void>;
}

const SERVICE = 'gatehouse';

/**
 * The audit line is written at every `level`; failures up to ERROR, warnings up to WARN. `policyHash` names the policy that decided.
 *
 * Failures and warnings are Powertools' to write, loaded by the first of them. The audit line is what Powertools would write, and
 * a test holds it to that; but it is put together here, for a logger costs each cold start 5 ms, and each decision on a
 * remembered token more than all the rest of it (docs/bench.md).
 */
export function createLog(functionName: string, policyHash: string, level: LogLevel): Log {
  const origin = `${field('function', functionName)}${field('policy', policyHash)}`;
  return {
    audit: (entry) => {
      const now = new Date();
      let line = `{"level":"INFO","message":"decision","timestamp":"${now.toISOString()}","service":"${SERVICE}"`;
      line += `${field('xray_trace_id', traceId())}${origin}`;
      for (const [name, value] of Object.entries(entry)) line += field(name, value);
      process.stdout.write(`${line},${metric(entry.effect, now)}}\n`);
    },
    failure: async (error) => {
      const { failureLogger } = await import('./failure-logger.ts');
      failureLogger(SERVICE, level).error('failure', {
        function: functionName,
        ...describeFailure(error),
        ...JSON.parse(`{${metric('failure', new Date())}}`),
      });
    },
    warning: async (code, details) => {
      try {
        const { failureLogger } = await import('./failure-logger.ts');
        failureLogger(SERVICE, level).warn('warning', {
          function: functionName,
          code,
          ...details,
          ...JSON.parse(`{${metric('warning', new Date())}}`),
        });
      } catch {
        // What still works is not stopped by its log.
      }
    },
  };
}

/** A field of a line, with the comma before it; nothing for a value that is empty. */
function field(name: string, value: unknown): string {
  return value === undefined || value === null || value === '' ? '' : `,"${name}":${JSON.stringify(value)}`;
}

/** The trace of this invocation: Lambda writes `Root=...;Parent=...;Sampled=...` there. */
function traceId(): string | undefined {
  const trace = process.env['_X_AMZN_TRACE_ID'];
  return trace?.includes('=') ? /(?:^|;)Root=([^;=]*)/.exec(trace)?.[1] : trace;
}

/** One count in CloudWatch's embedded metric format, in the line itself: no second line, no client. */
function metric(name: AuditEntry['effect'] | 'failure' | 'warning', now: Date): string {
  const dimensions = '"Dimensions":[["function"],["function","code"]]';
  const metrics = `{"Namespace":"Gatehouse",${dimensions},"Metrics":[{"Name":"${name}","Unit":"Count"}]}`;
  return `"${name}":1,"_aws":{"Timestamp":${now.getTime()},"CloudWatchMetrics":[${metrics}]}`;
}

/** Name, code and stack frames. Not the message: a parser's message can quote what it could not parse. */
function describeFailure(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code } = error as { code?: unknown };
  const frames = framesOf(error).slice(0, 5);
  const member = 'member' in error ? { member: error.member } : {};
  return {
    error: error.name,
    code: typeof code === 'string' ? code : 'INTERNAL',
    ...member,
    frames,
    ...(error.cause instanceof Error && { cause: error.cause.name }),
  };
}

/** The stack from behind the message on: a message of several lines can look like frames. */
function framesOf({ stack = '', message }: Error): string[] {
  const start = stack.indexOf(message);
  const lines = start === -1 ? [] : stack.slice(start + message.length).split('\n');
  return lines.filter((line) => line.startsWith('    at ')).map((line) => line.trim());
}
