#!/usr/bin/env bash
# usage: hsm_check.sh [TOKEN...]
# `quietus hsm check` on tokens of several makers: softhsm and nss; with QUIETUS_LONG=1 also opencryptoki, tpm2 (over a software
# TPM) and p11kit (SoftHSM behind p11-kit's remoting), whose packages are not among scripts/packages:
#   apt-get install opencryptoki swtpm tpm2-abrmd libtss2-tcti-tabrmd0 libtpm2-pkcs11-1 libtpm2-pkcs11-tools dbus
# What each must offer is stated here; QUIETUS_SHOW=1 prints the whole answers.
set -euo pipefail
export PATH="$QUIETUS_BIN:$PATH"
export LC_ALL=C.UTF-8
profiles=$(cd "$(dirname "$0")/../.." && pwd)/hsm-config
WORK=$(mktemp -d "${TMPDIR:-/tmp}/quietus-test.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
die() { echo "FAILED: $*" >&2; exit 1; }
pin_file() { (umask 077; echo "$2" >"$WORK/$1.pin"); echo "$WORK/$1.pin"; }
socket_appears() { for _ in $(seq 100); do [ -S "$1" ] && return; sleep 0.05; done; die "no socket $1"; }

softhsm=/usr/lib/softhsm/libsofthsm2.so
make_softhsm() {
  [ ! -e "$WORK/softhsm" ] || rm -rf "$WORK/softhsm"
  mkdir -p "$WORK/softhsm/tokens"
  printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$WORK/softhsm/tokens" >"$WORK/softhsm/softhsm2.conf"
  export SOFTHSM2_CONF=$WORK/softhsm/softhsm2.conf
  softhsm2-util --init-token --free --label soft --so-pin 987654 --pin 491625 >/dev/null
}

# check NAME [OPTION...] -- CHECK...: the named checks pass, everything else is not offered or passes, nothing is left.
check() {
  local name=$1 options=() one outcome
  shift
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  quietus hsm check "${options[@]}" --yes --json >"$WORK/$name.json" 2>"$WORK/$name.err" || true
  [ -s "$WORK/$name.json" ] && jq -e .checks "$WORK/$name.json" >/dev/null 2>&1 || { cat "$WORK/$name.err"; die "$name: no answer"; }
  jq -r --arg name "$name" '.checks[] | [$name, .name, .outcome, .why] | @tsv' "$WORK/$name.json"
  [ "${QUIETUS_SHOW:-}" != 1 ] || cat "$WORK/$name.err"
  [ "${QUIETUS_SHOW:-}" != 1 ] || jq . "$WORK/$name.json"
  for one in "$@" clean-up; do
    outcome=$(jq -r --arg one "$one" '.checks[] | select(.name == $one) | .outcome' "$WORK/$name.json")
    [ "$outcome" = pass ] || die "$name: $one: $outcome"
  done
  jq -e .nothing_failed "$WORK/$name.json" >/dev/null || die "$name: something that it offers fails"
}

everything="information random threads device-key bad-ciphertext sign-p256 sign-p384 mac wrap rewrap page import data destroy reload"

check_softhsm() {
  make_softhsm
  check softhsm --module $softhsm --token soft --pin-file "$(pin_file softhsm 491625)" --profile "$profiles/softhsm2.json" -- $everything
  # Without a profile the same, and the draft has found the quirk out.
  check softhsm-draft --module $softhsm --token soft --pin-file "$(pin_file softhsm 491625)" -- $everything
  jq -e .profile.quirks.general_error_on_bad_ciphertext "$WORK/softhsm-draft.json" >/dev/null || die "the draft misses SoftHSM's quirk"
  [ "$(find "$WORK/softhsm/tokens" -name '*.object' | wc -l)" = "$(find "$WORK/softhsm/tokens" -name 'token.object' | wc -l)" ] || die "objects are left on the token"
}

check_nss() {
  mkdir "$WORK/nss"
  certutil -N -d "sql:$WORK/nss" -f "$(pin_file nss userpin1)"
  check nss --module "$(ls /usr/lib/*/libsoftokn3.so)" --token "NSS Certificate DB" --pin-file "$WORK/nss.pin" \
    --profile "$profiles/nss-softokn.json" --token-directory "$WORK/nss" \
    -- ${everything/ data/}
}

# Its soft token belongs to the machine: an empty one is taken into use, and used again; somebody else's is left alone.
check_opencryptoki() {
  local module tool state label=quietus-swtok
  module=$(ls /usr/lib/*/pkcs11/libopencryptoki.so)
  tool=(pkcs11-tool --module "$module" --slot 3)
  if ! pgrep -x pkcsslotd >/dev/null; then
    pkcsslotd -f >/dev/null 2>&1 &
    trap "kill $! 2>/dev/null" EXIT
    sleep 1
  fi
  state=$(pkcs11-tool --module "$module" -L)
  if grep -q uninitialized <<<"$state"; then
    "${tool[@]}" --init-token --label $label --so-pin 87654321 >/dev/null
    "${tool[@]}" --change-pin --login --login-type so --so-pin 87654321 --pin 87654321 --new-pin 11111111 >/dev/null
    "${tool[@]}" --login --login-type so --so-pin 11111111 --init-pin --pin 12345678 >/dev/null
    "${tool[@]}" --login --pin 12345678 --change-pin --new-pin 87651234 >/dev/null
  elif ! grep -q "$label" <<<"$state"; then
    echo "opencryptoki: slot 3 holds a token that is not ours, left alone"
    return
  fi
  check opencryptoki-profile --module "$module" --token $label --pin-file "$(pin_file opencryptoki 87651234)" \
    --profile "$profiles/opencryptoki.json" -- information random threads data destroy reload
  check opencryptoki --module "$module" --token $label --pin-file "$(pin_file opencryptoki 87651234)" \
    -- information random threads data destroy reload
}

# A resource manager in between, or the TPM runs out of object contexts.
check_tpm2() {
  mkdir "$WORK/tpm" "$WORK/tpm-store"
  swtpm socket --tpm2 --tpmstate "dir=$WORK/tpm" --server type=tcp,port=23210,bindaddr=127.0.0.1 \
    --ctrl type=tcp,port=23211,bindaddr=127.0.0.1 --flags not-need-init,startup-clear >/dev/null 2>&1 &
  trap "kill $! 2>/dev/null" EXIT
  sleep 0.5
  export -f check check_on_tpm2 pin_file die
  export WORK profiles
  dbus-run-session -- bash -euo pipefail -c check_on_tpm2
}
check_on_tpm2() {
  tpm2-abrmd --session --allow-root --tcti=swtpm:host=127.0.0.1,port=23210 >/dev/null 2>&1 &
  trap "kill $! 2>/dev/null" EXIT
  sleep 1
  export TPM2_PKCS11_STORE=$WORK/tpm-store TPM2_PKCS11_TCTI=tabrmd:bus_type=session TPM2TOOLS_TCTI=tabrmd:bus_type=session TSS2_LOG=all+NONE
  tpm2_ptool init --path="$WORK/tpm-store" >/dev/null
  tpm2_ptool addtoken --pid=1 --sopin=s --userpin=myuserpin --label=tpmtok --path="$WORK/tpm-store" >/dev/null
  check tpm2-profile --module "$(ls /usr/lib/*/pkcs11/libtpm2_pkcs11.so)" --token tpmtok --pin-file "$(pin_file tpm2 myuserpin)" \
    --profile "$profiles/tpm2-pkcs11.json" -- information random threads sign-p256 sign-p384 destroy reload
  check tpm2 --module "$(ls /usr/lib/*/pkcs11/libtpm2_pkcs11.so)" --token tpmtok --pin-file "$(pin_file tpm2 myuserpin)" \
    -- information random threads sign-p256 sign-p384 data destroy reload
}

check_p11kit() {
  make_softhsm
  local socket=$WORK/p11.sock
  p11-kit server -f --name "$socket" --provider $softhsm "pkcs11:token=soft" >/dev/null 2>&1 &
  trap "kill $! 2>/dev/null" EXIT
  socket_appears "$socket"
  export P11_KIT_SERVER_ADDRESS=unix:path=$socket
  check p11kit-profile --module "$(ls /usr/lib/*/pkcs11/p11-kit-client.so)" --token soft --pin-file "$(pin_file p11kit 491625)" \
    --profile "$profiles/p11-kit-remote.json" -- information random threads sign-p256 sign-p384 data destroy reload
  check p11kit --module "$(ls /usr/lib/*/pkcs11/p11-kit-client.so)" --token soft --pin-file "$(pin_file p11kit 491625)" \
    -- information random threads sign-p256 sign-p384 data destroy reload
}

tokens=("$@")
[ $# -gt 0 ] || { tokens=(softhsm nss); [ "${QUIETUS_LONG:-}" != 1 ] || tokens+=(opencryptoki tpm2 p11kit); }
for token in "${tokens[@]}"; do (check_"$token") || exit 1; done
echo "${#tokens[@]} tokens checked, 0 failed"
