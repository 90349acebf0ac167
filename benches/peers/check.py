"""The peer for `just bench`: one Python process with the package cryptography, doing comparable checks."""

import json
import pathlib
import re
import sys
from datetime import datetime, timezone

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization


def problems(path, now):
    document = json.loads(path.read_bytes())
    integration = document["integration"]
    account = integration["technicalAccount"]
    if not (document["ok"] is True and document["statusCode"] == 200):
        yield "no success"
    fields = [integration[name] for name in ("imsEndpoint", "metascopes", "email", "id", "org")]
    if not all(fields + [account["clientId"], account["clientSecret"]]):
        yield "field missing"
    if not re.fullmatch(r"ims-[a-z]{2,5}[0-9]{1,2}\.adobelogin\.com", integration["imsEndpoint"]):
        yield "foreign host"
    certificate = x509.load_pem_x509_certificate(integration["publicKey"].encode())
    # This checks the numbers of the key, too.
    key = serialization.load_pem_private_key(integration["privateKey"].encode(), None)
    if key.public_key() != certificate.public_key():
        yield "key does not fit"
    try:
        certificate.verify_directly_issued_by(certificate)
    except InvalidSignature:
        yield "bad signature"
    if certificate.not_valid_after_utc < now:
        yield "expired"
    stated = datetime.fromisoformat(integration["certificateExpirationDate"].replace("Z", "+00:00"))
    if stated != certificate.not_valid_after_utc:
        yield "wrong date"


def files(paths):
    for path in map(pathlib.Path, paths):
        yield from sorted(path.iterdir()) if path.is_dir() else [path]


now = datetime.fromisoformat(sys.argv[1].replace("Z", "+00:00")).astimezone(timezone.utc)
found = [(path, problem) for path in files(sys.argv[2:]) for problem in problems(path, now)]
for path, problem in found:
    print(f"{path}: {problem}")
sys.exit(bool(found))
