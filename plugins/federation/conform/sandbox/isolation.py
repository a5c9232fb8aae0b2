"""What a worker that reads foreign bytes may reach: its own folder, its extract and its libraries
only.

The Linux kernel isolates it in four ways, each without privileges: a network namespace, Landlock
(files, signals; landlock(7)), a seccomp filter (no sockets, no new programs, no other process;
seccomp(2)) and no capabilities. What a kernel does not offer is named in the answer, which the
ledger keeps; `tests/conform/test_isolation.py` attacks each.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from federation.conform.sandbox.job import Job, Look

COMPLETE = "no network, no sockets, no other process, no files but its own"
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_ALL_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_SCOPED_FROM_ABI, _SCOPED = 6, 0b11  # abstract sockets and signals
# Calls that reading a file needs none of, by architecture: audit number, then socket, connect,
# execve, execveat, ptrace, process_vm_readv, process_vm_writev, io_uring_setup, bpf, mount,
# kexec_load.
_REFUSED = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 101, 310, 311, 425, 321, 165, 246)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 117, 270, 271, 425, 280, 40, 104)),
}


def isolate(job: Job | Look) -> str:
    """Set the worker's limits and isolate it; return COMPLETE, or what was not possible and why."""
    limits = job.limits
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.output_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds(os.path.getsize(job.source))),
        (resource.RLIMIT_CORE, 0),
    ):
        # At the hard limit of CPU time the kernel sends SIGKILL, as when memory runs out; at the
        # soft one SIGXCPU, which tells.
        resource.setrlimit(what, (most, most + (what == resource.RLIMIT_CPU)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # a killed warden takes its child along
    walls = [
        _cut_network(libc),
        _drop_capabilities(libc),
        _close_files(libc, job),
        _refuse_calls(libc),
    ]
    return "; ".join(filter(None, walls)) or COMPLETE


def _cut_network(libc: ctypes.CDLL) -> str:
    # Root may make a network namespace as it is; others need a user namespace around it.
    if libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        return ""
    return f"network not cut off: {_why()}"


def _drop_capabilities(libc: ctypes.CDLL) -> str:
    header = struct.pack("=Ii", 0x20080522, 0)
    return "" if libc.capset(header, bytes(24)) == 0 else f"capabilities kept: {_why()}"


def _close_files(libc: ctypes.CDLL, job: Job | Look) -> str:
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    abi = libc.syscall(_LANDLOCK_CREATE, None, 0, 1)
    if abi < 1:
        return f"files not closed off: {_why()}"
    rights = _ALL_RIGHTS_BY_ABI[max(version for version in _ALL_RIGHTS_BY_ABI if version <= abi)]
    scoped = (_SCOPED,) if abi >= _SCOPED_FROM_ABI else ()
    attributes = (
        struct.pack(f"=QQ{'Q' * len(scoped)}", rights, 0, *scoped)
        if abi >= 4
        else struct.pack("=Q", rights)
    )
    ruleset = libc.syscall(_LANDLOCK_CREATE, attributes, len(attributes), 0)
    for place, allowed in _open_places(job, rights):
        _allow(libc, ruleset, place, allowed)
    if ruleset < 0 or libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0):
        return f"files not closed off: {_why()}"
    os.close(ruleset)
    return ""


def _open_places(job: Job | Look, rights: int) -> Iterator[tuple[str, int]]:
    if isinstance(job, Job):
        yield job.scratch, rights & ~_EXECUTE
    yield job.source, _READ_FILE
    package = str(Path(__file__).parents[3])
    for folder in {
        sys.prefix,
        sys.base_prefix,
        package,
        *sysconfig.get_paths().values(),
        "/usr",
        "/lib",
        "/lib64",
    }:
        yield folder, _READ_FILE | _READ_DIR | _EXECUTE
    for device in ("/dev/null", "/dev/urandom", "/dev/random"):
        yield device, _READ_FILE | (_WRITE_FILE if device == "/dev/null" else 0)
    # How much memory and how many cores there are, which DuckDB asks.
    for path in (
        "/proc/self",
        "/proc/meminfo",
        "/proc/cpuinfo",
        "/sys/devices/system/cpu",
        "/sys/fs/cgroup",
    ):
        yield path, _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0)


def _allow(libc: ctypes.CDLL, ruleset: int, place: str, allowed: int) -> None:
    try:
        descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    libc.syscall(_LANDLOCK_ADD, ruleset, 1, struct.pack("=Qi", allowed, descriptor), 0)
    os.close(descriptor)


def _refuse_calls(libc: ctypes.CDLL) -> str:
    """Answer the refused calls with «operation not permitted», and any call of another
    architecture."""
    machine = platform.machine()
    if machine not in _REFUSED:
        return f"system calls not filtered: none are known of {machine}"
    audit, calls = _REFUSED[machine]
    refuse, allow = 0x00050001, 0x7FFF0000
    count = len(
        calls
    )  # the last line refuses, the one before allows; a jump counts the lines that it passes over
    program = [
        (0x20, 0, 0, 4),
        (0x15, 0, count + 3, audit),
        (0x20, 0, 0, 0),
        (0x35, count + 1, 0, 0x40000000),
    ]
    program += [(0x15, count - place, 0, call) for place, call in enumerate(calls)]
    program += [(0x06, 0, 0, allow), (0x06, 0, 0, refuse)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in program))
    filters = struct.pack("=HxxxxxxQ", len(program), ctypes.addressof(code))
    return (
        ""
        if libc.prctl(_PR_SET_SECCOMP, 2, filters, 0, 0) == 0
        else f"system calls not filtered: {_why()}"
    )


def _why() -> str:
    return os.strerror(ctypes.get_errno())
