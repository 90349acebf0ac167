// The audit's page in a real browser: no request to anywhere, no error, and filter and sorting work.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, executablePath, file] = process.argv.slice(2);
const { chromium } = createRequire(`${modules}/`)("playwright-core");
const fail = (message) => {
  console.error(`html: ${message}`);
  process.exit(1);
};

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const url = pathToFileURL(file).href;
const problems = [];
const visit = async (options) => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("request", (request) => request.url() === url || problems.push(`a request to ${request.url()}`));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(url);
  return page;
};

const page = await visit({ colorScheme: "dark" });
const rows = await page.locator("tbody tr").count();
if (rows < 5) fail(`only ${rows} rows`);
await page.locator("#filter").fill("expired");
const visible = await page.locator("tbody tr:visible").count();
if (visible === 0 || visible === rows) fail(`the filter shows ${visible} of ${rows} rows`);
await page.locator("#filter").fill("");
const states = () => page.locator("tbody tr .state").allTextContents();
const before = await states();
const button = page.locator("thead th button").first();
await button.click();
await button.click();
const after = await states();
if (before.join() === after.join()) fail("sorting changes nothing");
if ((await page.locator("thead th").first().getAttribute("aria-sort")) !== "descending") fail("the order is not told");

// Without scripts everything can be read, and what needs them is not there.
const plain = await visit({ javaScriptEnabled: false, colorScheme: "light" });
if (await plain.locator("#controls").isVisible()) fail("the filter shows without scripts");
if ((await plain.locator("tbody tr:visible").count()) !== rows) fail("rows are missing without scripts");

if (problems.length > 0) fail(problems.join("; "));
await browser.close();
console.log(`html: ${rows} rows, no request, no error, filter and sorting work`);
