// The peer for `just bench`: what a careful Node script with native crypto would check. One process for all files.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto';

const required = ['imsEndpoint', 'metascopes', 'email', 'id', 'org', 'privateKey', 'publicKey'];

function problems(text, now) {
  const { ok, statusCode, integration } = JSON.parse(text);
  const found = [];
  if (ok !== true || statusCode !== 200) found.push('error response');
  for (const name of required) if (!integration[name]) found.push(`${name} missing`);
  for (const name of ['clientId', 'clientSecret']) if (!integration.technicalAccount[name]) found.push(`${name} missing`);
  if (!/^ims-[a-z]{2,5}[0-9]{1,2}\.adobelogin\.com$/.test(integration.imsEndpoint)) found.push('foreign host');
  const key = createPrivateKey(integration.privateKey);
  const certificate = new X509Certificate(integration.publicKey);
  if (key.asymmetricKeyType !== 'rsa' || key.asymmetricKeyDetails.modulusLength < 2048) found.push('weak key');
  if (!certificate.checkPrivateKey(key)) found.push('key does not fit');
  if (!certificate.verify(createPublicKey(integration.publicKey))) found.push('bad signature');
  if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo)) found.push('not valid now');
  if (Date.parse(integration.certificateExpirationDate) !== Date.parse(certificate.validTo)) found.push('wrong date');
  if (certificate.subject !== `CN=${integration.technicalAccount.clientId}`) found.push('other account');
  return found;
}

const [now, ...paths] = process.argv.slice(2);
let bad = 0;
for (const path of paths.flatMap((p) => (statSync(p).isDirectory() ? readdirSync(p).map((name) => join(p, name)) : [p]))) {
  const found = problems(readFileSync(path, 'utf8'), Date.parse(now));
  if (found.length > 0) {
    bad += 1;
    console.log(`${path}: ${found.join(', ')}`);
  }
}
process.exitCode = bad > 0 ? 1 : 0;
