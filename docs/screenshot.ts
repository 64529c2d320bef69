// Takes the picture of the dashboard for the README, from a demo that runs:
// node docs/screenshot.ts [url] [file]
import { fileURLToPath } from 'node:url';
import { browserPath, launchBrowser } from '../tests/http/browser.ts';

const [
  url = 'http://127.0.0.1:8080',
  file = fileURLToPath(import.meta.resolve('./dashboard.png')),
] = process.argv.slice(2);
/** Rates are differences of two readings, ms. */
const watchedMs = 10_000;

if (!browserPath) throw new TypeError('No Chromium was found; name one in CHROMIUM_PATH.');
await using browser = await launchBrowser();
const viewport = { width: 1440, height: 1000 };
const page = await browser.newPage({ viewport, colorScheme: 'light' });
await page.goto(url);
await page.waitForSelector('#decisions li');
await page.waitForTimeout(watchedMs);
// Down to the latest slates, which would make the picture as long again.
const slates = await page.locator('section', { has: page.locator('#decisions') }).boundingBox();
const clip = { x: 0, y: 0, width: viewport.width, height: Math.floor(slates?.y ?? 1000) };
await page.screenshot({ path: file, fullPage: true, clip });
