// A rule of the shop over HTTP with the typed client: a product of the day is pinned for an hour, and taken down.
// MILLRACE_URL (default http://127.0.0.1:8090) and MILLRACE_TOKEN (scope admin; default none) name the server.
import { MillraceClient } from 'millrace/client';

const { MILLRACE_URL: url = 'http://127.0.0.1:8090', MILLRACE_TOKEN: token } = process.env;
const millrace = new MillraceClient({ url, ...(token && { token }) });

await millrace.items([
  { itemId: 'lamp', title: 'Desk lamp', groups: ['lamps'] },
  { itemId: 'chair', title: 'Chair', groups: ['chairs'] },
  { itemId: 'desk', title: 'Desk', groups: ['desks'] },
]);

const { warnings } = await millrace.putRule('today', {
  kind: 'pin',
  items: ['chair'],
  position: 0,
  for: { surfaces: ['home'], until: Date.now() + 3_600_000 },
});
for (const warning of warnings) console.log(warning);

// Every member holds to a rule within a second after it was put.
const isThere = async () => {
  const { items } = await millrace.recommend({ userId: 'dan', k: 2, surface: 'home' });
  return items[0]?.itemId === 'chair' && items[0].propensity === 1;
};
for (let tries = 0; !(await isThere()); tries++) {
  if (tries === 40) throw new Error('the rule is not held to');
  await new Promise((resolve) => setTimeout(resolve, 50));
}
console.log('chair is pinned, with propensity 1');

const rules = await millrace.rules();
console.log(`rules: ${rules.map(({ rule }) => `${rule.id} (${rule.kind})`).join(', ')}`);
await millrace.removeRule('today');
console.log(`rules left: ${(await millrace.rules()).length}`);
