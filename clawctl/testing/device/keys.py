"""The hosts a phone trusts."""

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from clawctl.lines.phone import adb_wire as wire


class Keys:
    def __init__(self) -> None:
        self._known: list[RSAPublicKey] = []

    def __len__(self) -> int:
        return len(self._known)

    def proves(self, token: bytes, signature: bytes) -> bool:
        return any(wire.is_signed_by(key, token, signature) for key in self._known)

    def accept(self, blob: bytes) -> None:
        """Raises BadInput for what is no public key."""
        self._known.append(wire.public_key_of(blob))

    def forget(self) -> None:
        """As when the user revokes all authorisations."""
        self._known.clear()
