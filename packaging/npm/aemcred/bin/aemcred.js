#!/usr/bin/env node
// Starts the program, which is in the package of this platform.
"use strict";
const { spawnSync } = require("child_process");
const { constants } = require("os");

const name = `@aemcred/${process.platform}-${process.arch}`;
const supported = Object.keys(require("../package.json").optionalDependencies);
let program;
try {
  program = require.resolve(`${name}/aemcred${process.platform === "win32" ? ".exe" : ""}`);
} catch {
  const why = supported.includes(name)
    ? `its package ${name} is not installed. Install aemcred again on this machine, with optional dependencies (no --omit=optional)`
    : `there is no program for ${process.platform} on ${process.arch}. Supported are ${supported.map((each) => each.slice(9)).join(", ")}; elsewhere build it with Rust, in a clone of its repository: cargo install --locked --path .`;
  console.error(`aemcred: ${why}`);
  process.exit(2);
}
// The program gets Ctrl-C as well, and says itself what it has found until then.
process.on("SIGINT", () => {});
const { status, signal, error } = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (error) console.error(`aemcred: ${program} can't be run: ${error.message}`);
if (signal) process.removeAllListeners(signal) && process.kill(process.pid, signal);
process.exit(error ? 2 : status === null ? 128 + constants.signals[signal] : status);
