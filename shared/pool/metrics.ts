/** What the functions have counted, from CloudWatch: one metric for each effect, by function and code (shared/runtime/log.ts). */

import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DECISION_CODES, type DecisionCode } from '../policy/codes.ts';
import type { Trigger } from './triggers.ts';

export interface Refusals {
  trigger: Trigger;
  code: DecisionCode;
  count: number;
}

/** Those that refuse by the policy, and the one whose verdict on an address `pre-token-generation` refuses by. */
const REFUSING: readonly Trigger[] = ['pre-sign-up', 'inbound-federation', 'pre-token-generation'];
const PERIOD_SECONDS = 3600;

/** What has been refused, or in `observe` would have been; of every stage in the account and Region together. */
export async function readRefusals(
  client: CloudWatchClient,
  metric: 'would_deny' | 'deny',
  sinceHours: number,
): Promise<Refusals[]> {
  const asked = REFUSING.flatMap((trigger) => DECISION_CODES.map((code) => ({ trigger, code })));
  const end = new Date();
  const sums = new Map<string, number>();
  let token: string | undefined;
  do {
    const page = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(end.getTime() - sinceHours * PERIOD_SECONDS * 1000),
        EndTime: end,
        NextToken: token,
        MetricDataQueries: asked.map(({ trigger, code }, index) => ({
          Id: `q${index}`,
          MetricStat: {
            Metric: {
              Namespace: 'Gatehouse',
              MetricName: metric,
              Dimensions: [
                { Name: 'function', Value: trigger },
                { Name: 'code', Value: code },
              ],
            },
            Period: PERIOD_SECONDS,
            Stat: 'Sum',
          },
        })),
      }),
    );
    for (const { Id: id = '', Values: values = [] } of page.MetricDataResults ?? [])
      sums.set(
        id,
        values.reduce((sum, value) => sum + value, sums.get(id) ?? 0),
      );
    token = page.NextToken;
  } while (token !== undefined);
  return asked.flatMap((each, index) => {
    const count = sums.get(`q${index}`) ?? 0;
    return count > 0 ? [{ ...each, count }] : [];
  });
}
