"""A real IMAP server (Dovecot) for the tests: one mailbox, with TLS and without."""

from __future__ import annotations

import imaplib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.workers.post import free_port

USER, PASSWORD = "hop", "mậtkhẩu"
#: Dovecot lies where only root looks for programs
PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

SETTINGS = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_location = maildir:{folder}/mail
first_valid_uid = {uid}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Mailbox:
    """Where the server listens, and the certificate that it shows."""

    port: int
    tls_port: int
    certificate: Path

    @contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        """Sign in as the owner would."""
        server = imaplib.IMAP4("127.0.0.1", self.port)
        server.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
        server.select("INBOX")
        yield server
        server.logout()

    def put(self, raw: bytes) -> None:
        """Let a mail arrive."""
        with self.opened() as server:
            said, _data = server.append("INBOX", "", None, raw)
            assert said == "OK"

    def count(self, criterion: str) -> int:
        """Count the mails: ALL, SEEN, UNSEEN."""
        with self.opened() as server:
            return len(server.search(None, criterion)[1][0].split())


@contextmanager
def running() -> Iterator[Mailbox]:
    """Start the server in a folder of its own, as the user nobody where root runs the tests."""
    assert PROGRAM is not None
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    with tempfile.TemporaryDirectory(prefix="meetly-imap-") as name:
        folder = Path(name)
        ports = free_port(), free_port()
        _prepare(folder, account, *ports)
        process = subprocess.Popen([PROGRAM, "-F", "-c", str(folder / "conf")])
        try:
            box = Mailbox(*ports, folder / "cert.pem")
            _wait_for(box, folder / "log")
            yield box
        finally:
            process.terminate()
            process.wait()


def _prepare(folder: Path, account: pwd.struct_passwd, port: int, tls_port: int) -> None:
    import grp

    for part in ("run", "state", "mail", "home"):
        (folder / part).mkdir()
        os.chown(folder / part, account.pw_uid, account.pw_gid)
    folder.chmod(0o755)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    settings = SETTINGS.format(
        folder=folder, user=account.pw_name, group=grp.getgrgid(account.pw_gid).gr_name,
        uid=account.pw_uid, gid=account.pw_gid, password=PASSWORD, port=port, tls_port=tls_port,
    )  # fmt: skip
    (folder / "conf").write_text(settings)


def _wait_for(box: Mailbox, log: Path, patience: float = 20.0) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with suppress(OSError, imaplib.IMAP4.error), box.opened():
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text() if log.exists() else "no log")
