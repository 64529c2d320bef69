// A shop over HTTP with the typed client: catalogue, slate, feedback, and a retry that changes nothing.
// MILLRACE_URL (default http://127.0.0.1:8090) and MILLRACE_TOKEN (default none) name the server.
import { MillraceClient } from 'millrace/client';

const { MILLRACE_URL: url = 'http://127.0.0.1:8090', MILLRACE_TOKEN: token } = process.env;
const millrace = new MillraceClient({ url, ...(token && { token }) });

await millrace.items([
  { itemId: 'lamp', title: 'Desk lamp', groups: ['lamps'], attributes: { price: 49 } },
  { itemId: 'chair', title: 'Chair', groups: ['chairs'] },
  { itemId: 'desk', title: 'Desk', groups: ['desks'] },
]);

// The client makes a key for each call and keeps it for its retries. With a key of your own you may ask
// again later, from another process too.
const key = crypto.randomUUID();
const wanted = { userId: 'cat', k: 2, surface: 'home' };
const slate = await millrace.recommend(wanted, { key });
const again = await millrace.recommend(wanted, { key });
if (again.impressionId !== slate.impressionId) throw new Error('the key gave another impression');

for (const { position, itemId, propensity } of slate.items) {
  console.log(`${position + 1}. ${itemId}, propensity ${propensity.toFixed(2)}`);
}

const { impressionId } = slate;
const itemId = slate.items[0]!.itemId;
await millrace.feedback([{ impressionId, userId: 'cat', itemId, kind: 'click' }]);
console.log(`cat saw ${impressionId} and clicked ${itemId}`);
