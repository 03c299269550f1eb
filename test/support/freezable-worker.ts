/** A function in a process of its own, which a test can stop and let go on, as Lambda freezes it between invocations. */

type Handler = (event: unknown, context: object) => Promise<unknown>;

const loaded = import(process.argv[2] ?? '') as Promise<{ handler: Handler }>;

process.on('message', (event) => {
  void loaded
    .then(({ handler }) => handler(event, {}))
    .then(
      (payload) => process.send?.({ payload }),
      (error: Error) => process.send?.({ error: error.message }),
    );
});
