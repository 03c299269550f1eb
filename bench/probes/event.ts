/** The event that a probe is given, with another token in it: both kinds of headers have it, as API Gateway sends them. */

const base = JSON.parse(process.env['BENCH_EVENT'] ?? '');

export function eventWith(token: string): object {
  const authorization = `Bearer ${token}`;
  return {
    ...base,
    headers: { ...base.headers, Authorization: authorization },
    multiValueHeaders: { ...base.multiValueHeaders, Authorization: [authorization] },
  };
}
