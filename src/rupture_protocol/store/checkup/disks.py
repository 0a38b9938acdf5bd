"""What kind of file system a file is on. Alone here: which of them are on the network."""

from __future__ import annotations

from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
REMOTE = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.davfs2", "fuse.glusterfs", "fuse.gcsfuse",
        "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "gfs2", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4",
        "ocfs2", "prl_fs", "smb2", "smb3", "smbfs", "vboxsf",
    }
)  # fmt: skip


def kind_of_disk(file: Path, mounts: Path = MOUNTS) -> tuple[str, bool]:
    """The kind of file system, and whether it is on the network; empty where it cannot be told.

    Args:
        file: What lies on it.
        mounts: The system's table of what is mounted where; Linux has one.
    """
    try:
        path = file.resolve()
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return "", False
    # The longest place that the file is under is the one it is on; of several on one place, the last.
    found, longest = "", -1
    for line in lines:
        _, place, kind, *_ = *line.split(" "), "", "", ""
        at = _unescaped(place)
        if path.is_relative_to(at) and len(at.parts) >= longest:
            found, longest = kind, len(at.parts)
    return found, found in REMOTE


def _unescaped(place: str) -> Path:
    for code, sign in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        place = place.replace(code, sign)
    return Path(place or "/nowhere")
