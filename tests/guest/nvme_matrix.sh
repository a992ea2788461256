#!/usr/bin/env bash
# usage: QUIETUS_BIN=DIR nvme_matrix.sh
# Firmware erasure through a real kernel: its nvme-tcp driver connects to model drives that behave in every way there is,
# the agent's code erases /dev/nvmeXn1 by NVME_IOCTL_ADMIN_CMD, and nvme-cli says what it sees of the same drives.
# QEMU's own NVMe drive is there too: a drive that nobody here wrote.
. "$(dirname "$0")/guest.sh"
HERE=$(cd "$(dirname "$0")" && pwd)
BIN=${QUIETUS_BIN:?where the built programs are}
GUEST=${QUIETUS_GUEST:-$BIN/../guest}

for tool in qemu-system-x86_64 cpio busybox jq nvme kmod mke2fs; do
  command -v "$tool" >/dev/null || { echo "nvme_matrix: no $tool (scripts/setup --long)" >&2; exit 1; }
done

WORK=$(mktemp -d)
targets=()
end() {
  for pid in "${targets[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$WORK"
}
trap end EXIT
die() { echo "nvme_matrix: $*" >&2; exit 1; }

# drive NAME BEHAVIOUR [OPTION...]: a model drive of 8 MiB on a port of its own, listed for the guest.
mkdir -p "$WORK/overlay"
drive() {
  local name=$1 behaviour=$2 port=
  shift 2
  head -c 8M /dev/zero | tr '\0' '\245' >"$WORK/$name.img"
  "$BIN/nvme_target" --image "$WORK/$name.img" --state "$WORK/$name.state" --behaviour "$behaviour" --serial "$name" \
    --port 0 --lives-s 280 "$@" >"$WORK/$name.out" &
  targets+=($!)
  for _ in $(seq 50); do
    port=$(sed -n "s/^port //p" "$WORK/$name.out" 2>/dev/null || true)
    [ -n "$port" ] && break
    sleep 0.1
  done
  [ -n "$port" ] || die "target $name does not start"
  echo "$name $port" >>"$WORK/overlay/drives"
}

drive correct correct
drive slow correct --sanitize-ms 5000
drive lies lies
drive fails fails-midway
drive stuck stuck
drive stale stale-success
drive dealloc deallocates
drive wrongword wrong-word
drive refuses refuses
drive powerloss power-loss --sanitize-ms 4000
drive nocrypto correct --sanicap 2 --fna 0
drive judge correct
drive powercut correct --sanitize-ms 12000

cp "$HERE/nvme_steps.sh" "$WORK/overlay/steps.sh"
cp "$HERE/nvme_in_guest.sh" "$WORK/overlay/main.sh"
build_guest "$GUEST" "$BIN/nvme_probe" "$(command -v nvme)"
truncate -s 16M "$WORK/qemu.img"
code=0
run_guest "$GUEST" "$WORK/overlay" "$WORK/console" \
  -drive "file=$WORK/qemu.img,if=none,id=foreign,format=raw" -device nvme,serial=FOREIGN,drive=foreign || code=$?
tr -d '\r' <"$WORK/console" >"$WORK/log"
[ "$code" = 0 ] || { cat "$WORK/log" >&2; die "the guest ended with $code"; }

cp "$HERE/nvme_power_cut.sh" "$WORK/overlay/main.sh"
truncate -s 32M "$WORK/memory.img"
mke2fs -q -t ext4 "$WORK/memory.img"
for boot in 1 2; do
  code=0
  run_guest "$GUEST" "$WORK/overlay" "$WORK/console-$boot" \
    -drive "file=$WORK/memory.img,if=none,id=foreign,format=raw" -device nvme,serial=FOREIGN,drive=foreign \
    2>/dev/null || code=$?
  tr -d '\r' <"$WORK/console-$boot" >>"$WORK/log"
  # The first boot must not come to its end.
  [ "$code" = $((boot == 1 ? 125 : 0)) ] || { cat "$WORK/log" >&2; die "boot $boot with a power cut ended with $code"; }
done

checked=0
# expect STEP FILTER: the JSON that the guest printed for STEP satisfies the jq filter.
expect() {
  local line
  line=$(sed -n "s|^== $1 ||p" "$WORK/log")
  [ -n "$line" ] || { cat "$WORK/log" >&2; die "the guest said nothing of $1"; }
  jq -e "$2" <<<"$line" >/dev/null || die "$1: not ($2): $line"
  checked=$((checked + 1))
  echo "ok: $1: $(jq -r '[.verdict // empty, .outcome // empty, .why // .message // empty] | join(", ")' <<<"$line")"
}

verified='.outcome == "succeeded" and .verdict == "verified" and .markers_left == 0 and .markers_read == 64'
for method in sanitize-crypto sanitize-block sanitize-overwrite format-user-data format-crypto; do
  expect "correct/$method" "$verified"
done
expect facts '.serial == "correct" and .can == ["sanitize-crypto","sanitize-block","sanitize-overwrite","format-crypto","format-user-data"]'
expect lies/sanitize-block '.outcome == "succeeded" and .verdict == "failed" and .markers_left == 64'
expect lies/format-user-data '.outcome == "succeeded" and .verdict == "failed" and .markers_left == 64'
expect fails/sanitize-crypto '.outcome == "failed" and .verdict == "failed"'
expect stuck/sanitize-crypto '.outcome == "stuck" and .verdict == "failed"'
expect stale/sanitize-crypto '.outcome == "stale" and .verdict == "failed"'
expect dealloc/sanitize-block "$verified"
expect wrongword/sanitize-crypto '.outcome == "foreign" and .verdict == "failed"'
expect refuses/sanitize-crypto '.outcome == "refused" and .verdict == "failed"'
expect powerloss/sanitize-block "$verified and .seen_running"
expect nocrypto/sanitize-crypto '.error == "denied"'
expect nocrypto/sanitize-block "$verified"
expect slow/resume "$verified and .resumed"
expect powercut/resume "$verified and .resumed"
# What nvme-cli says of the same drives.
state() { echo "[.. | objects | .status? | strings] | any(startswith(\"($1)\"))"; }
expect judge/id-ctrl '(.sn | sub(" +$"; "")) == "judge" and .sanicap == 7 and .fna == 4'
expect judge/running "$(state 2)"
expect judge/finished "$(state 1)"
expect correct/log "$(state 1)"
expect fails/log "$(state 3)"
expect dealloc/log "$(state 4)"
# A drive that nobody here wrote.
expect foreign/facts '.serial == "FOREIGN" and .can == ["format-user-data"]'
expect foreign/sanitize-crypto '.error == "denied"'
expect foreign/format-crypto '.error == "denied"'
expect foreign/format-user-data "$verified"
echo "$checked statements of the guest hold"
