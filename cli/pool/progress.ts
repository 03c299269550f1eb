/** Long counts say on stderr how far they are: in one line on a terminal, elsewhere now and then. */

const EVERY = 10_000;

export function userProgress(poolId: string): { report: (users: number) => void; end: () => void } {
  const terminal = process.stderr.isTTY;
  let said = 0;
  const text = (users: number) => `${poolId}: ${users.toLocaleString('en')} users looked at`;
  return {
    report: (users) => {
      if (terminal) process.stderr.write(`\r${text(users)}`);
      else if (users - said >= EVERY) {
        said = users;
        process.stderr.write(`${text(users)}\n`);
      }
    },
    end: () => {
      if (terminal) process.stderr.write('\r\u001b[K');
    },
  };
}
