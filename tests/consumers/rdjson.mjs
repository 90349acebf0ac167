// The rdjson report, valid by a validator of the Reviewdog Diagnostic Format, with as many diagnostics as lines of the
// concise report.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import assert from 'node:assert';

const [modules, report, concise] = process.argv.slice(2);
const { RDFormatValidator } = createRequire(`${modules}/node_modules/`)('@umbrelladocs/rdformat-validator');
const value = JSON.parse(readFileSync(report, 'utf8'));
const outcome = new RDFormatValidator({ strictMode: true }).validateObject(value);
assert.ok(outcome.valid, JSON.stringify(outcome.errors, null, 2));
assert.equal(value.diagnostics.length, readFileSync(concise, 'utf8').trimEnd().split('\n').length);
console.log(`rdjson: valid by @umbrelladocs/rdformat-validator, ${value.diagnostics.length} diagnostics`);
