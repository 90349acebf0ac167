// What adobe/aemcs-api-client-lib does before it sends anything, for each of the files named on standard input. Prints of
// each whether it throws.
const { createSign } = require('crypto');
const { readFileSync } = require('fs');

function prepare(path) {
    const {
        integration: {
            imsEndpoint, metascopes, technicalAccount: { clientId, clientSecret }, id, org, privateKey,
        },
    } = JSON.parse(readFileSync(path, 'utf8'));
    for (const required of [imsEndpoint, metascopes, clientId, clientSecret, id, org, privateKey]) {
        if (!required) throw new Error('a required field is missing');
    }
    const claims = {
        exp: Math.floor(Date.now() / 1000) + 300,
        iss: org,
        sub: id,
        aud: `https://${imsEndpoint}/c/${clientId}`,
    };
    for (const metascope of metascopes.split(',')) {
        claims[`https://${imsEndpoint}/s/${metascope}`] = true;
    }
    const encoded = part => Buffer.from(JSON.stringify(part)).toString('base64url');
    const unsigned = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(claims)}`;
    createSign('RSA-SHA256').update(unsigned).sign(privateKey, 'base64url');
    new URL(`https://${imsEndpoint}/ims/exchange/jwt`);
}

const throws = path => {
    try {
        prepare(path);
        return false;
    } catch {
        return true;
    }
};
console.log(JSON.stringify(JSON.parse(readFileSync(0)).map(throws)));
