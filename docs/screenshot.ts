// Takes the picture of the dashboard for the README, from a demo that runs:
// node docs/screenshot.ts [url] [file]
import { fileURLToPath } from 'node:url';
import { browserPath, launchBrowser } from '../tests/http/browser.ts';

const [
  url = 'http://127.0.0.1:8080',
  file = fileURLToPath(import.meta.resolve('./dashboard.png')),
] = process.argv.slice(2);
const width = 1440;
/** The charts and tables; the slates below them are cut off, px. */
const height = 1500;
/** Rates are differences of two readings, ms. */
const watchedMs = 10_000;

if (!browserPath) throw new TypeError('No Chromium was found; name one in CHROMIUM_PATH.');
await using browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width, height }, colorScheme: 'light' });
await page.goto(url);
await page.waitForSelector('#connection[data-status="live"]');
await page.waitForSelector('#decisions li');
await page.waitForTimeout(watchedMs);
await page.screenshot({ path: file });
