"""Fingerprints of certificates, as people copy them."""

import hashlib

import pytest

from chatcore.domain.pins import checked_pin, pin_of

DIGITS = hashlib.sha256(b"certificate").hexdigest()
AS_OPENSSL = ":".join(DIGITS[at : at + 2] for at in range(0, 64, 2)).upper()


@pytest.mark.parametrize("text", [f"sha256:{DIGITS}", f"SHA256:{AS_OPENSSL}", f" sha256:{DIGITS.upper()}\n"])
def test_a_pin_may_be_written_in_the_ways_in_which_it_is_told(text: str) -> None:
    assert checked_pin(text) == pin_of(b"certificate")


@pytest.mark.parametrize(
    "text", ["", DIGITS, f"sha1:{DIGITS}", f"sha256:{DIGITS[:-1]}", f"sha256:{DIGITS}0", "sha256:*"]
)
def test_what_is_no_pin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a pin is sha256: and 64 hexadecimal digits"):
        checked_pin(text)
