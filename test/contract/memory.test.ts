import { memoryStore } from '../../shared/store/memory.ts';
import { runStoreContract } from './store.ts';

runStoreContract('memory', async () => {
  let now = 0;
  return {
    store: memoryStore(() => now * 1000),
    setTime: (seconds) => {
      now = seconds;
    },
  };
});
