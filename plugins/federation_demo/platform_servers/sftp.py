"""The SFTP server: one folder, read-only, one login (asyncssh)."""

from pathlib import Path
from typing import Any

HOST_KEY_TYPE = "ssh-ed25519"
_WRITES = (
    "remove",
    "rename",
    "posix_rename",
    "mkdir",
    "rmdir",
    "setstat",
    "lsetstat",
    "fsetstat",
    "symlink",
    "link",
)


async def start(directory: Path, host: str, login: str, password: str) -> tuple[Any, int, str]:
    """Start a server; return it (to be closed), its port, and its host key as in known_hosts."""
    import asyncssh

    class OneLogin(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, given: str) -> bool:
            return (username, given) == (login, password)

    key, files = asyncssh.generate_private_key(HOST_KEY_TYPE), _read_only()
    server = await asyncssh.create_server(
        OneLogin,
        host,
        0,
        server_host_keys=[key],
        sftp_factory=lambda channel: files(channel, chroot=str(directory).encode()),
    )
    return server, server.get_port(), key.export_public_key().decode().strip()


def _read_only() -> Any:
    """Return the class of a server that refuses whatever would change a file."""
    import asyncssh

    class ReadOnly(asyncssh.SFTPServer):
        def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
            if pflags != asyncssh.FXF_READ:
                raise asyncssh.SFTPPermissionDenied("read-only")
            return super().open(path, pflags, attrs)

    def refuse(self: Any, *arguments: Any) -> None:
        raise asyncssh.SFTPPermissionDenied("read-only")

    for name in _WRITES:
        setattr(ReadOnly, name, refuse)
    return ReadOnly
