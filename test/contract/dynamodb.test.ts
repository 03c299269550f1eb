import { startDynamodb } from '../support/dynamodb.ts';
import { runStoreContract } from './store.ts';

const dynamodb = await startDynamodb();

runStoreContract('DynamoDB', async () => {
  let now = 0;
  const { store } = await dynamodb.table({ now: () => now * 1000 });
  return {
    store,
    setTime: (seconds) => {
      now = seconds;
    },
  };
});
