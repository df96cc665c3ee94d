"""Keys of NATS, and what its own tools make of them: a server that trusts an operator, and a user's .creds file."""

from __future__ import annotations

import base64
import json
import os

import nkeys


def key(prefix: int) -> nkeys.KeyPair:
    """Make a key of an operator, account or user."""
    return nkeys.from_seed(bytearray(nkeys.encode_seed(os.urandom(32), prefix)))


def seed_of(pair: nkeys.KeyPair) -> str:
    """Return its secret, as it stands in files."""
    return str(pair.seed.decode())


def name_of(pair: nkeys.KeyPair) -> str:
    """Return its public half, as it stands in configurations."""
    return str(pair.public_key.decode())


def signed(issuer: nkeys.KeyPair, subject: nkeys.KeyPair, **claims: object) -> str:
    """Return a JWT in which one key says something of another one."""
    head = {"typ": "JWT", "alg": "ed25519-nkey"}
    said = {"jti": "1", "iat": 1, "iss": name_of(issuer), "sub": name_of(subject), "name": "chat"}
    text = ".".join(_part(json.dumps(part).encode()) for part in (head, {**said, "nats": {"version": 2, **claims}}))
    return f"{text}.{_part(issuer.sign(text.encode()))}"


def trusting() -> tuple[str, str]:
    """Return the configuration of a server that trusts an operator, and the .creds file of a user."""
    operator, account, user = map(key, (nkeys.PREFIX_BYTE_OPERATOR, nkeys.PREFIX_BYTE_ACCOUNT, nkeys.PREFIX_BYTE_USER))
    free = dict.fromkeys(("subs", "data", "payload", "imports", "exports", "conn", "leaf"), -1)
    accounts = signed(operator, account, type="account", limits={**free, "wildcards": True})
    config = f"operator: {signed(operator, operator, type='operator')}\nresolver: MEMORY\n"
    config += f"resolver_preload: {{ {name_of(account)}: {accounts} }}\n"
    jwt = signed(account, user, type="user", subs=-1, data=-1, payload=-1)
    return config, (
        f"-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{seed_of(user)}\n------END USER NKEY SEED------\n"
    )


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
