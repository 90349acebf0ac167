// The calendar of `aemcred renewals`, read by Mozilla's ical.js, against its JSON.
//
//     node ical.mjs PREFIX DIR       PREFIX/node_modules has ical.js, DIR has the reports `ics` and `json`

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [prefix, folder] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${prefix}/package.json`));
const ICAL = (await import(pathToFileURL(require.resolve('ical.js')))).default;
const LISTED = 20;

const calendar = new ICAL.Component(ICAL.parse(readFileSync(`${folder}/ics`, 'utf8')));
const { renewals, lead_seconds: lead } = JSON.parse(readFileSync(`${folder}/json`, 'utf8'));
const compact = (instant) => instant.replaceAll(/[-:]/g, '');

const read = calendar.getAllSubcomponents('vevent').map((component) => {
  const event = new ICAL.Event(component);
  const end = String(component.getFirstPropertyValue('x-aemcred-not-after'));
  assert.ok(event.startDate.isDate);
  // The day to renew by, which is that of the end less the lead, and alarms on it, and 7 and 3 days before the end.
  const ends = Date.parse(end.replace(/^(....)(..)(..)T(..)(..)/, '$1-$2-$3T$4:$5:'));
  const by = new Date(ends - lead * 1000).toISOString();
  assert.equal(event.startDate.toString(), by.slice(0, 10));
  assert.equal(event.duration.toSeconds(), 86400);
  const cancelled = component.getFirstPropertyValue('status') === 'CANCELLED';
  const alarms = component.getAllSubcomponents('valarm').map((alarm) => alarm.getFirstPropertyValue('trigger').toString());
  assert.deepEqual(alarms, cancelled ? [] : ['PT0S', 'P23D', 'P27D']);
  assert.match(event.uid, /^aemcred-[0-9a-f]{32}$/);
  const paths = component.getAllProperties('x-aemcred-path').map((property) => property.getFirstValue());
  return { client: component.getFirstPropertyValue('x-aemcred-client-id'), end, paths, cancelled };
});
const expected = renewals
  .filter((row) => row.status !== 'never' && row.status !== 'unknown')
  .map((row) => ({
    client: row.client_id,
    end: compact(row.not_after),
    paths: row.places.slice(0, LISTED).map((place) => place.path),
    cancelled: row.status === 'superseded',
  }));
assert.deepEqual(read, expected);
assert.ok(read.length > 4);
console.log(`ical.js: ${read.length} events as in the JSON`);
