/** Times what a process does itself, for the probes of the policy core. */

export interface Measure {
  name: string;
  /** Gives what is timed for so many rules or groups: one call of it, `batch` calls at a time. */
  prepare: (size: number) => Promise<() => void>;
  /** Sizes beside those of the run. */
  also?: number[];
  batch: number;
  rounds: number;
}

const MAX_MS = 4000;

/** Microseconds for one call, by measure and size. */
export async function measure(
  measures: Measure[],
  sizes: number[],
): Promise<Record<string, Record<number, number>>> {
  const results: Record<string, Record<number, number>> = {};
  for (const { name, prepare, batch, rounds, also = [] } of measures) {
    const times: Record<number, number> = {};
    for (const size of [...sizes, ...also]) times[size] = time(await prepare(size), batch, rounds);
    results[name] = times;
  }
  return results;
}

function time(act: () => void, batch: number, rounds: number): number {
  const one = () => {
    const start = performance.now();
    for (let call = 0; call < batch; call++) act();
    return ((performance.now() - start) * 1000) / batch;
  };
  // The first half is for V8 to compile what it will compile; a slow one ends when its time is over.
  const end = performance.now() + MAX_MS;
  const times = [one()];
  while (times.length < rounds * 2 && performance.now() < end) times.push(one());
  const second = times.slice(Math.floor(times.length / 2)).toSorted((x, y) => x - y);
  return second[Math.floor(second.length / 2)] as number;
}
