#!/usr/bin/env bash
# What programs that nobody here wrote recover from a file system: before, after our overwrite, and after two things that
# look like an erasure and are none. Without these controls "nothing found" would say nothing about the programs.
# Proves the addressable blocks only: what a drive keeps besides, no program of a host reads.
set -euo pipefail

if [ "$(id -u)" != 0 ]; then
  [ "${QUIETUS_REQUIRE_ROOT:-}" != 1 ] || { echo "FAILED: needs root" >&2; exit 1; }
  echo "skipped: needs root" >&2
  exit 0
fi

WORK=$(mktemp -d "${TMPDIR:-/tmp}/quietus-forensics.XXXXXX")
LOOP=
finish() {
  mountpoint -q "$WORK/mount" 2>/dev/null && umount "$WORK/mount"
  [ -z "$LOOP" ] || losetup -d "$LOOP"
  rm -rf "$WORK"
}
trap finish EXIT
die() { echo "FAILED: $*" >&2; exit 1; }

CANARY=quietus-canary-7f3a91
MEBIBYTES=32
mkdir "$WORK/mount"

attach() { LOOP=$(losetup -f --show "$1"); }
detach() { losetup -d "$LOOP"; LOOP=; }

# Text, a database, pictures and documents that carvers know; twice, and the second copies deleted.
plant() {
  python3 - "$1" "$CANARY" <<'PYTHON'
import os, sqlite3, struct, sys, zlib
folder, canary = sys.argv[1:]
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
def png(seed):
    rows = b"".join(b"\0" + bytes((x * seed + y * 7) & 255 for x in range(600)) for y in range(200))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 200, 200, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))
def pdf(n):
    return (b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + f"% {canary} {n}\n".encode() * 500
            + b"trailer\n<< /Root 1 0 R >>\n%%EOF\n")
for copy in ("kept", "deleted"):
    os.makedirs(f"{folder}/{copy}")
    for n in range(4):
        open(f"{folder}/{copy}/picture-{n}.png", "wb").write(png(3 + 2 * n))
        open(f"{folder}/{copy}/letter-{n}.pdf", "wb").write(pdf(n))
    open(f"{folder}/{copy}/notes.txt", "w").write(f"{canary} in a text\n" * 3000)
    open(f"{folder}/{copy}/notes-16.txt", "wb").write((f"{canary} in sixteen bits\n" * 500).encode("utf-16-le"))
    base = sqlite3.connect(f"{folder}/{copy}/customers.sqlite")
    base.execute("create table customer (name text)")
    base.executemany("insert into customer values (?)", ((f"{canary} {i}",) for i in range(3000)))
    base.commit()
PYTHON
  sync -f "$1"
  rm -r "$1/deleted"
  sync -f "$1"
}

# Sets: canary sixteen deleted carved recovered
look() {
  local name=$1
  blockdev --flushbufs "$LOOP"
  canary=$({ grep -a -o "$CANARY" "$LOOP" || true; } | wc -l)
  sixteen=$({ LC_ALL=C grep -a -o -P "$(printf %s "$CANARY" | sed 's/./&\\x00/g')" "$LOOP" || true; } | wc -l)
  deleted=$({ fls -r "$LOOP" 2>/dev/null || true; } | wc -l)
  foremost -Q -t png,pdf -o "$WORK/foremost-$name" -i "$LOOP" >/dev/null 2>&1 || true
  carved=$(find "$WORK/foremost-$name" -type f ! -name audit.txt 2>/dev/null | wc -l)
  mkdir "$WORK/photorec-$name"
  (cd "$WORK" && photorec /log /logname "$WORK/photorec-$name.log" /d "$WORK/photorec-$name/r" \
    /cmd "$LOOP" partition_none,options,paranoid,fileopt,everything,enable,search >/dev/null 2>&1 </dev/null) || true
  # Without its log nothing is known: it did not run.
  grep -q "PhotoRec" "$WORK/photorec-$name.log" || die "photorec did not look at $name"
  recovered=$(find "$WORK" -path "$WORK/photorec-$name*/*" -type f ! -name report.xml | wc -l)
  printf '%-22s canary %6d, in 16 bits %5d, fls %3d, foremost %3d, photorec %3d\n' \
    "$name" "$canary" "$sixteen" "$deleted" "$carved" "$recovered"
}
found_everywhere() { [ "$canary" -gt 0 ] && [ "$sixteen" -gt 0 ] && [ "$deleted" -gt 0 ] && [ "$carved" -gt 0 ] && [ "$recovered" -gt 0 ]; }
found_nowhere() { [ "$canary" = 0 ] && [ "$sixteen" = 0 ] && [ "$deleted" = 0 ] && [ "$carved" = 0 ] && [ "$recovered" = 0 ]; }

truncate -s "${MEBIBYTES}M" "$WORK/planted.img"
attach "$WORK/planted.img"
mkfs.ext4 -q -F -E nodiscard "$LOOP"
mount "$LOOP" "$WORK/mount"
plant "$WORK/mount"
umount "$WORK/mount"
look before
found_everywhere || die "the programs do not find what was planted: the rest would prove nothing"
detach

cp "$WORK/planted.img" "$WORK/control.img"
attach "$WORK/control.img"
mkfs.ext4 -q -F -E nodiscard "$LOOP"
look control-mkfs
[ "$canary" -gt 0 ] && [ "$carved" -gt 0 ] && [ "$recovered" -gt 0 ] || die "a new file system alone should leave data to be found"
detach

cp "$WORK/planted.img" "$WORK/control.img"
attach "$WORK/control.img"
mount "$LOOP" "$WORK/mount"
find "$WORK/mount/kept" -type f -exec shred -n1 -u {} +
umount "$WORK/mount"
look control-shred
[ "$canary" -gt 0 ] && [ "$carved" -gt 0 ] && [ "$recovered" -gt 0 ] || die "shredding live files should leave the deleted copies"
detach

for pattern in zeros stream; do
  cp "$WORK/planted.img" "$WORK/overwritten.img"
  attach "$WORK/overwritten.img"
  "$QUIETUS_BIN/erase_probe" "$LOOP" "$pattern" "$WORK/journal-$pattern" read-back
  look "overwritten-$pattern"
  found_nowhere || die "something was recovered after the overwrite with $pattern"
  if [ "$pattern" = zeros ]; then
    cmp -n $((MEBIBYTES << 20)) "$LOOP" /dev/zero || die "not every byte is zero"
  else
    # A key stream does not compress; a page that was left would.
    python3 - "$LOOP" <<'PYTHON' || die "a page is not random"
import sys, zlib
page = open(sys.argv[1], "rb")
sys.exit(any(len(zlib.compress(data, 1)) < 4096 for data in iter(lambda: page.read(4096), b"")))
PYTHON
  fi
  detach
done
echo "recovered before and by both controls, nothing after the overwrite"
