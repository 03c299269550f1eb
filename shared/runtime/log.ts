/** What a function writes: one audit line for each decision, with its metric in it, and one for each failure. */

import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import type { DecisionCode } from '../policy/codes.ts';
import type { LogLevel } from './config.ts';

/** What was decided, about whom, on what. Never a token, code, password or whole event. */
export interface AuditEntry {
  /** `would_deny`: refused, but let pass by `MODE=observe`. */
  effect: 'allow' | 'deny' | 'would_deny';
  code: DecisionCode;
  rule?: string | null;
  /** More than the code says, for whoever reads the log: why a token is invalid. */
  reason?: string;
  sub?: string | null;
  client?: string | null;
  pool?: string | null;
  /** Verb and path, or the trigger's source. */
  route: string;
}

export interface Log {
  audit: (entry: AuditEntry) => void;
  failure: (error: unknown) => void;
}

/** The audit line is written at every `level`; failures from ERROR up. `policyHash` names the policy that decided. */
export function createLog(functionName: string, policyHash: string, level: LogLevel): Log {
  const shared = { serviceName: 'gatehouse', logFormatter: new FlatFormatter() };
  const audit = new Logger({ ...shared, logLevel: 'INFO' });
  // Made when it is needed: a logger costs a cold start half a millisecond.
  let failures: Logger | undefined;
  return {
    audit: (entry) =>
      audit.info('decision', {
        function: functionName,
        policy: policyHash,
        ...entry,
        ...metric(entry.effect),
      }),
    failure: (error) => {
      failures ??= new Logger({ ...shared, logLevel: level });
      failures.error('failure', { function: functionName, ...describeFailure(error), ...metric('failure') });
    },
  };
}

/** One count in CloudWatch's embedded metric format, in the line itself: no second line, no client. */
function metric(name: string) {
  const definition = {
    Namespace: 'Gatehouse',
    Dimensions: [['function'], ['function', 'code']],
    Metrics: [{ Name: name, Unit: 'Count' }],
  };
  return { [name]: 1, _aws: { Timestamp: Date.now(), CloudWatchMetrics: [definition] } };
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

/** Powertools' own formatter merges deeply, for attributes that we do not have. */
class FlatFormatter extends LogFormatter {
  override formatAttributes(base: UnformattedAttributes, attributes: LogAttributes): LogItem {
    const { logLevel: level, message, timestamp, serviceName: service, xRayTraceId } = base;
    return new LogItem({
      attributes: {
        level,
        message,
        timestamp: this.formatTimestamp(timestamp),
        service,
        xray_trace_id: xRayTraceId,
        ...attributes,
      },
    });
  }
}
