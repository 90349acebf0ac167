#!/usr/bin/env python3
"""Makes RSA keys of each kind that badkeys knows, and asks badkeys about them.

Prints a JSON list of [name, private key as PEM, what badkeys finds: checks, with a colon and their subtests where they have
them]. All is made from fixed seeds. Besides, those of badkeys' own test keys in the folder named of which the private key is
there, or badkeys computes it.
"""

import base64
import hashlib
import json
import pathlib
import sys

import gmpy2
from badkeys.checks import allchecks, checkrsa, detectandcheck

# The blocklist has to be downloaded; aemcred searches it with `--blocklist`.
CHECKS = [name for name, check in allchecks.items() if check["type"] == "rsa"]


def random(seed, bits):
    """A number of so many bits, of which the two highest are set."""
    digest = hashlib.shake_256(repr(seed).encode()).digest(bits // 8 + 1)
    return int.from_bytes(digest, "big") % (1 << bits) | 3 << bits - 2


def prime(seed, bits=1024):
    return int(gmpy2.next_prime(random(seed, bits)))


def next_prime(number):
    return int(gmpy2.next_prime(number))


def der(tag, body):
    length = len(body)
    head = bytes([length]) if length < 128 else None
    if head is None:
        digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
        head = bytes([0x80 | len(digits)]) + digits
    return bytes([tag]) + head + body


def pem(p, q, e=65537, d=None):
    """The private key as PKCS#1, whatever its numbers are."""
    if d is None:
        order = gmpy2.lcm(p - 1, q - 1)
        d = int(gmpy2.invert(e, order)) if gmpy2.gcd(e, order) == 1 else 1
    coefficient = int(gmpy2.invert(q, p)) if gmpy2.gcd(p, q) == 1 else 0
    numbers = [0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), coefficient]
    body = b"".join(der(2, number.to_bytes(number.bit_length() // 8 + 1, "big")) for number in numbers)
    text = base64.b64encode(der(0x30, body)).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----\n"


def roca(seed, bits):
    """A prime as the flawed library of Infineon made them: k·M + (65537^a mod M)."""
    count = {256: 39, 512: 71, 1024: 126, 1536: 126, 2048: 225}[bits]
    product, factor = 1, 2
    for _ in range(count):
        product *= factor
        factor = next_prime(factor)
    residue = int(gmpy2.powmod(65537, random(seed, 64), product))
    candidate = random(seed, bits) // product * product + residue
    while not gmpy2.is_prime(candidate):
        candidate += product
    return candidate


def sparse(seed, width, low, chunks):
    """A prime of which only the lowest bits of each chunk may be set."""
    number = 0
    for chunk in range(chunks):
        number = number << width | random((seed, chunk), low) % (1 << low - 1) | 1
    return next_prime(number)


def beginning(modulus):
    """Primes whose product begins as this modulus of 2,048 bits does: one for a random other."""
    p = prime("beginning")
    return p, next_prime(modulus // p)


def ending(seed):
    """Primes of whose product the lower half has hardly a bit that isn't set."""
    p = prime(seed)
    for hole in range(10, 1024):
        q = (1 << 1024) - 1 - (1 << hole)
        q = q * int(gmpy2.invert(p, 1 << 1024)) % (1 << 1024)
        if q >> 1022 and gmpy2.is_prime(q):
            return p, q
    raise ValueError("another seed")


def keys():
    """Each kind, as [name, p, q, e, d]."""
    for seed in range(12):
        bits = (1024, 1536, 2048)[seed % 3]
        yield f"sound/{2 * bits}-{seed}", prime(("sound", seed), bits), prime(("other", seed), bits)
    for seed in range(12):
        p = prime(("fermat", seed))
        # (p − q)² / (8·√n) is about the number of rounds.
        distance = int(gmpy2.isqrt(8 * (1 + seed * 8) * p))
        yield f"fermat/{seed}", p, next_prime(p + distance)
    p = prime("square")
    yield "fermat/square", p, p
    yield "fermat/next", p, next_prime(p)
    for bits in (256, 512, 1024, 1536, 2048):
        yield f"roca/{2 * bits}", roca(("p", bits), bits), roca(("q", bits), bits)
    p, q = prime("e"), prime("f")
    for e in (0, 1, 2):
        yield f"rsainvalid/e-{e}", p, q, e
    yield "rsainvalid/e-too-large", p, q, next_prime(p * q)
    yield "rsapoly/128", sparse("p128", 128, 4, 9), sparse("q128", 128, 4, 9)
    yield "rsapoly/32", sparse("p32", 32, 8, 33), sparse("q32", 32, 8, 33)
    yield "rsapoly/64", sparse("p64", 64, 12, 17), sparse("q64", 64, 12, 17)
    for seed, length in enumerate((64, 200, 400, 500)):
        p, q = prime(("smalld", seed)), prime(("smalle", seed))
        order = int(gmpy2.lcm(p - 1, q - 1))
        d = prime(("d", seed), length)
        while gmpy2.gcd(d, order) != 1:
            d = next_prime(d)
        yield f"smalld/{length}", p, q, int(gmpy2.invert(d, order)), d
    q = prime("large", 2040)
    for p in (3, 257, 641, 65521, 65537):
        yield f"smallfactors/{p}", p, q
    # Of more than two primes, and the two numbers aren't prime then.
    yield "smallfactors/corrupt", 3 * prime("a", 1022), prime("b", 1024)
    yield "rsawarnings/512", prime("s", 256), prime("t", 256)
    yield "rsawarnings/1024", prime("s", 512), prime("t", 512)
    yield "rsawarnings/2056", prime("s", 1028), prime("t", 1028)
    yield "rsawarnings/2050", prime("s", 1025), prime("t", 1025)
    for e in (3, 5, 17, 257):
        p, q = prime(("p", e)), prime(("q", e))
        while gmpy2.gcd(e, (p - 1) * (q - 1)) != 1:
            p, q = next_prime(p), next_prime(q)
        yield f"rsawarnings/e-{e}", p, q, e
    # Ones in the upper half of the modulus, or in the lower half.
    yield "rsabias/vanity", *beginning((1 << 2048) - (1 << 1100) + random("v", 1090))
    yield "rsabias/lower", *ending("bias")
    # A text in the modulus.
    yield "pattern/letters", *beginning(int.from_bytes(b"\xc0" + random("x", 184).to_bytes(23, "big") + b"A" * 16, "big") << 1728)


def named(results):
    return sorted(":".join([check, *filter(None, [result.get("subtest")])]) for check, result in results.items())


def main(samples):
    found = []
    for name, *numbers in keys():
        p, q, e = (numbers + [65537])[:3]
        found.append([name, pem(*numbers), named(checkrsa(p * q, e, checks=CHECKS))])
    for path in sorted(pathlib.Path(samples).glob("rsa*")):
        text = path.read_text()
        results = detectandcheck(text, checks=CHECKS, keyrecover=True)["results"]
        recovered = [check["privatekey"] for check in results.values() if "privatekey" in check]
        for key in recovered or [text][: "PRIVATE KEY" in text]:
            found.append([f"badkeys/{path.name}", key, named(results)])
    json.dump(found, sys.stdout)


main(sys.argv[1])
