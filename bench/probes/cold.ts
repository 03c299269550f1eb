/** A fresh process: how long it takes to import a bundle and to have the first answer from it. Prints milliseconds. */

const [, , bundle = ''] = process.argv;
const { BENCH_EVENT = '', BENCH_ALLOWS } = process.env;
const event: unknown = JSON.parse(BENCH_EVENT);

const start = performance.now();
const { handler } = await import(bundle);
const answer = await handler(event, {});
const elapsed = performance.now() - start;

if (BENCH_ALLOWS && answer.policyDocument.Statement[0].Effect !== 'Allow') throw new Error('not allowed');
process.stderr.write(String(elapsed));
