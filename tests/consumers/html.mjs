// The audit's page in a real browser: no request to anywhere, no error, no horizontal scrolling at three widths, filters,
// sorting and keys work, axe-core finds nothing, and on paper every finding can be read.
//
//     node html.mjs MODULES CHROMIUM PAGE INVENTORY PDF      INVENTORY is the same audit as JSON; the PDFs are written
import { createRequire } from "node:module";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, executablePath, file, inventory, pdf] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const expected = JSON.parse(readFileSync(inventory, "utf8"));
const fail = (message) => {
  console.error(`html: ${message}`);
  process.exit(1);
};
const check = (truth, message) => truth || fail(message);

const flags = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const browser = await chromium.launch({ executablePath, args: flags.split(" ") });
const url = pathToFileURL(file).href;
const problems = [];
const visit = async (options) => {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.on("request", (request) => request.url() === url || problems.push(`a request to ${request.url()}`));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(url);
  return page;
};
const visible = (page) => page.locator("tbody > tr:visible").count();

// Everything is there, in whatever width and colors, and accessible.
const all = expected.credentials.length;
check(all >= 5, `only ${all} credentials`);
for (const [width, height] of [[360, 740], [768, 1024], [1280, 800]]) {
  for (const colorScheme of ["light", "dark"]) {
    // A script of the page's own policy would be refused; the test's isn't the page's.
    const page = await visit({ viewport: { width, height }, colorScheme, bypassCSP: true });
    check((await visible(page)) === all, `${await visible(page)} of ${all} rows at ${width} px`);
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
    const [wide, wider] = await page.evaluate(() => {
      const boxes = [...document.querySelectorAll("body *")].map((element) => [element.getBoundingClientRect().right, element.outerHTML.slice(0, 200)]);
      return [document.documentElement.scrollWidth, boxes.filter(([right]) => right > innerWidth + 1).map(([, html]) => html)];
    });
    check(wide <= width && wider.length === 0, `${wide} px wide at ${width} px: ${wider[0]}`);
    // A letter or two on a line can't be read.
    const narrow = await page.evaluate(() =>
      [...document.querySelectorAll("td, td li, dd, summary")]
        .filter((element) => element.textContent.trim().length > 8 && element.getBoundingClientRect().width < 60)
        .map((element) => element.outerHTML.slice(0, 200)));
    check(narrow.length === 0, `too narrow at ${width} px: ${narrow[0]}`);
    if (process.env.AEMCRED_SCREENSHOTS) {
      await page.evaluate(() => document.querySelectorAll("details").forEach((details, index) => (details.open = index % 7 === 0)));
      await page.screenshot({ path: `${process.env.AEMCRED_SCREENSHOTS}/audit-${width}-${colorScheme}.png`, clip: { x: 0, y: 0, width, height: 1600 }, fullPage: true });
    }
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => axe.run());
    const said = violations.map(({ id, help, nodes }) => `${id} (${help}): ${nodes.length} times, ${nodes[0].html} ${nodes[0].failureSummary}`);
    check(violations.length === 0, `axe at ${width} px, ${colorScheme}: ${said.join("; ")}`);
    await page.context().close();
  }
}

// The head says what was audited and when.
const page = await visit({ viewport: { width: 1280, height: 800 } });
const head = await page.locator("header").innerText();
check(head.includes(expected.now), "the clock is not in the head");
check(/Audited\s+\S/.test(head), "the audited paths are not in the head");

// Totals filter when pressed, together with each other and with the text, and by keys alone.
const totals = { state: {}, rules: {} };
for (const { state, findings } of expected.credentials) {
  totals.state[state] = (totals.state[state] ?? 0) + 1;
  for (const rule of new Set(findings.map((finding) => finding.rule))) totals.rules[rule] = (totals.rules[rule] ?? 0) + 1;
}
for (const [kind, counts] of Object.entries(totals)) {
  const buttons = page.locator(`.totals[data-filter="${kind}"] button`);
  check((await buttons.count()) === Object.keys(counts).length, `${await buttons.count()} totals by ${kind}`);
  for (const [name, count] of Object.entries(counts)) {
    const button = page.locator(`.totals[data-filter="${kind}"] li[data-value="${name}"] button`);
    check((await button.innerText()).replace(/\s+/g, " ").trim() === `${count} ${name}`, `the total of ${name} is not ${count}`);
    await button.focus();
    await page.keyboard.press("Space");
    check((await button.getAttribute("aria-pressed")) === "true", `${name} is not pressed`);
    check((await visible(page)) === count, `${name} shows ${await visible(page)} rows and not ${count}`);
    check((await page.locator("#shown").innerText()).startsWith(`${count} of ${all} `), "the number of rows is not told");
    await page.keyboard.press("Enter");
    check((await visible(page)) === all, `${name} is still pressed`);
  }
}
const [first, second] = Object.keys(totals.state);
for (const name of [first, second]) await page.locator(`li[data-value="${name}"] button`).click();
check((await visible(page)) === totals.state[first] + totals.state[second], "two states are not both shown");
await page.locator("#filter").fill("no such text");
check((await visible(page)) === 0, "the text doesn't filter");
await page.locator("#all").click();
check((await visible(page)) === all, "not all are shown again");

// Each column sorts, up and down, and says so.
const heads = page.locator("thead th");
for (let column = 0; column < (await heads.count()); column += 1) {
  const order = () => page.locator(`tbody > tr > td:nth-child(${column + 1})`).evaluateAll((cells) => cells.map((cell) => cell.dataset.order));
  for (const [direction, sign] of [["ascending", 1], ["descending", -1]]) {
    await heads.nth(column).locator("button").click();
    check((await heads.nth(column).getAttribute("aria-sort")) === direction, "the order is not told");
    const keys = await order();
    const sorted = [...keys].sort((a, b) => sign * a.localeCompare(b, "en", { numeric: true }));
    check(keys.join("|") === sorted.join("|"), `column ${column} is not ${direction}`);
  }
}

// A finding opens by keys, beside its credential.
const summary = page.locator(".findings summary").first();
await summary.focus();
await page.keyboard.press("Enter");
check(await page.locator(".findings details").first().evaluate((details) => details.open), "a finding doesn't open");

// Without scripts everything can be read, and what needs them is not there.
const plain = await visit({ javaScriptEnabled: false, colorScheme: "light" });
check(!(await plain.locator("#controls").isVisible()) && (await plain.locator("button:visible").count()) === 0, "buttons show without scripts");
check((await visible(plain)) === all, "rows are missing without scripts");

// On paper, with and without scripts, every message and what to do about it. Spaces, hyphenation and line breaks aside.
const squeezed = (text) => text.replace(/[^\p{Letter}\p{Number}]/gu, "");
let pages = 0;
for (const [name, printed] of [["scripts", page], ["no-scripts", plain]]) {
  const path = `${pdf}-${name}.pdf`;
  await printed.pdf({ path, format: "A4", margin: { top: "12mm", bottom: "12mm", left: "12mm", right: "12mm" } });
  const text = squeezed(execFileSync("pdftotext", ["-raw", path, "-"], { encoding: "utf8", maxBuffer: 1 << 28 }));
  let findings = 0;
  for (const credential of expected.credentials) {
    for (const { message, help, rule } of credential.findings) {
      findings += 1;
      for (const part of [message, help, rule]) check(text.includes(squeezed(part)), `the PDF (${name}) lacks: ${part}`);
    }
  }
  check(findings > 20, `only ${findings} findings`);
  pages = execFileSync("pdfinfo", [path], { encoding: "utf8" }).match(/Pages:\s+(\d+)/)[1];
}
check((await page.locator("details[open]").count()) === 1, "what was folded before printing isn't again");

if (problems.length > 0) fail(problems.join("; "));
await browser.close();
console.log(`html: ${all} credentials at three widths, no request, no error, axe is content, filters and sorting work, all findings in ${pages} printed pages`);
