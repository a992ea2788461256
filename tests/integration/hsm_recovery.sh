#!/usr/bin/env bash
# A misbehaving HSM under a running appliance: error codes, stale handles, a vanished slot, a call that hangs, a library that
# crashes, a remote HSM whose server dies, a wrong PIN. The service is back by itself; callers hear 503 with Retry-After
# meanwhile. Prints what each case cost. Needs QUIETUS_SHIM (tests/support/pkcs11_shim), see its header for the rules.
. "$(dirname "$0")/lab.sh"

softhsm=/usr/lib/softhsm/libsofthsm2.so
shim=$WORK/shim/hsm.so
deadline_ms=1000
cases=0 watcher= server=

now() { echo $(($(date +%s%N) / 1000000)); }
finish_recovery() {
  local code=$?
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null || true
  [ -z "$server" ] || end_server
  set +e
  status "$code"
  finish
}
status() { return "$1"; }
trap finish_recovery EXIT

# --- the fault -------------------------------------------------------------------------------------------------------
inject() { echo "$1" >"$WORK/shim/next"; mv "$WORK/shim/next" "$shim.control"; }
calm() { rm -f "$shim.control"; }
fired() { [ ! -e "$shim.control" ]; }  # a fault that happens once takes its file away; calm() takes the others
restarts() { grep -c '"event":"daemon ended' "$LAB/logs/kms.supervisor.log" || true; }

# --- what callers see ------------------------------------------------------------------------------------------------
url=
ask() { curl -s -o /dev/null --max-time 5 --cacert "$LAB/root.pem" --cert "$LAB/people/olivia/certificate.pem" --key "$LAB/people/olivia/key.pem" "$@"; }
watch() {
  local answer
  while :; do
    answer=$(ask -w '%{http_code} %header{retry-after}' "$url/v1/status") || true
    echo "$(now) $answer"
    sleep 0.03
  done
}
open_records() { rm -rf "$WORK/opened"; as olivia open "$WORK/records.sealed" "$WORK/opened"; }
sign_checkpoint() { [ "$(ask -w '%{http_code}' "$url/v1/checkpoint")" = 200 ]; }

# recovers NAME OPERATION OUTAGE_MS START [END]: START makes the fault, END ends it after OUTAGE_MS (a fault that happens
# once needs none).
recovers() {
  local name=$1 operation=$2 outage=$3 begin code seen="" over=yes count
  count=$(restarts)
  begin=$(now)
  eval "$4"
  if [ -n "${5:-}" ]; then
    over=no
    (sleep "$(jq -n "$outage/1000")"; eval "$5"; touch "$WORK/over") &
  fi
  for _ in $(seq 300); do
    code=0
    [ ! -e "$WORK/over" ] || over=yes
    $operation >"$WORK/out" 2>&1 || code=$?
    [ "$code" = 0 ] || [[ $seen == *" $code"* ]] || seen+=" $code"
    [ "$code" = 0 ] && [ "$over" = yes ] && fired && break
    [ $(($(now) - begin)) -lt 30000 ] || { cat "$WORK/out"; die "$name: not back after 30 s"; }
    sleep 0.02
  done
  rm -f "$WORK/over"
  cases=$((cases + 1))
  printf '%-46s %8d %8d %9d   %s\n' "$name" "$outage" $(($(now) - begin)) $(($(restarts) - count)) "${seen:- -}"
}

# --- an appliance whose token misbehaves on demand -------------------------------------------------------------------
quietus lab up "$LAB" >/dev/null 2>&1
mkdir "$WORK/shim"
cp "$QUIETUS_SHIM" "$shim"
echo "$softhsm" >"$shim.module"
chmod 777 "$WORK/shim"
chmod 755 "$shim"
configure kms --arg shim "$shim" --argjson ms $deadline_ms '.hsm.module = $shim | .hsm.call_deadline_ms = $ms'
restart kms
url=$(jq -r .url "$LAB/people/olivia/quietus.json")
new_records "$(new_case)" records >/dev/null
open_records >/dev/null || die "what was sealed does not open"
watch >"$WORK/watched" &
watcher=$!

printf '%-46s %8s %8s %9s   %s\n' "" "outage" "back ms" "restarts" "exit codes of the CLI meanwhile"
# The codes after which a library is known to have to be given up or a session to be opened again.
codes="0x5:GENERAL_ERROR 0x30:DEVICE_ERROR 0x32:DEVICE_REMOVED 0xe0:TOKEN_NOT_PRESENT 0xe1:TOKEN_NOT_RECOGNIZED
  0xb3:SESSION_HANDLE_INVALID 0xb0:SESSION_CLOSED 0x190:CRYPTOKI_NOT_INITIALIZED"
for code in $codes; do
  recovers "once CKR_${code#*:}" open_records 0 "inject 'C_DecryptInit 1 return ${code%:*}'"
done
for code in $codes; do
  recovers "for a while CKR_${code#*:}" open_records 300 "inject 'any 1+ return ${code%:*}'" calm
done
recovers "stale object handles" open_records 0 "inject 'C_DecryptInit 1 stale objects'"
recovers "stale session handles" open_records 0 "inject 'C_DecryptInit 1 stale sessions'"
recovers "the slot vanishes and comes back" open_records 1000 "inject away" calm
recovers "a slow call within the deadline" open_records 0 "inject 'C_Decrypt 1 hang 300'"
recovers "a call that never comes back" open_records 0 "inject 'C_Decrypt 1 hang forever'"
recovers "the library crashes" open_records 0 "inject 'C_Decrypt 1 crash segv'"
recovers "the library aborts, at attaching too" open_records 500 "inject 'any 1+ crash abort'" calm

# --- what callers heard ----------------------------------------------------------------------------------------------
kill "$watcher" && wait "$watcher" 2>/dev/null || true
watcher=
heard=$(awk '{print $2}' "$WORK/watched" | sort | uniq -c | awk '{printf "%s%s x %s", (NR > 1 ? ", " : ""), $2, $1}')
echo "callers heard: $heard (000 = no connection, while the process is replaced)"
silence=$(awk '$2 != "000" { start = 0; next } !start { start = $1 } $1 - start > longest { longest = $1 - start } END { print longest + 0 }' "$WORK/watched")
echo "the longest time without any answer: $silence ms"
[ "$silence" -lt 5000 ] || die "nobody answered for $silence ms"
grep -q ' 503 ' "$WORK/watched" || die "nobody heard 503"
awk '$2 == "503" && $3 !~ /^[1-9][0-9]*$/ { exit 1 }' "$WORK/watched" || die "a 503 came without Retry-After"
awk '$2 != "200" && $2 != "503" && $2 != "000" { exit 1 }' "$WORK/watched" || die "something else than 200 and 503 was heard"

# --- a wrong PIN is final --------------------------------------------------------------------------------------------
logins() { grep -c C_Login "$shim.trace"; }
cp "$LAB/hsm/pin" "$WORK/pin"
echo 000000 >"$LAB/hsm/pin"
before=$(logins)
kill -TERM "$(pid_of kms)"
for _ in $(seq 200); do grep -q '"event":"daemon ended for good' "$LAB/logs/kms.supervisor.log" && break; sleep 0.05; done
sleep 1.5
[ $(($(logins) - before)) = 1 ] || die "a wrong PIN was tried $(($(logins) - before)) times"
grep -q 'the token refuses the PIN' "$LAB/logs/kms.log" || die "kms does not say that the PIN is refused"
[ "$(pid_of kms)" = 0 ] || die "kms was started again with a wrong PIN"
cat "$WORK/pin" >"$LAB/hsm/pin"
quietus lab up "$LAB" >/dev/null 2>&1
open_records >/dev/null || die "the right PIN does not help"
echo "a wrong PIN: tried once, the supervisor leaves it; serves again with the right one"
cases=$((cases + 1))

# --- a remote HSM whose server dies ----------------------------------------------------------------------------------
# p11-kit passes on signatures, not AES-GCM: the key operation is the signature under a checkpoint.
socket=$WORK/shim/p11.sock
remote=$(ls /usr/lib/*/pkcs11/p11-kit-client.so)
as_kms() { if [ "$(id -u)" = 0 ]; then exec setpriv --reuid "$(jq .uid "$LAB/lab.json")" --regid "$(jq .gid "$LAB/lab.json")" --clear-groups -- "$@"; else exec "$@"; fi; }  # in the background only
start_server() {
  rm -f "$socket"
  as_kms env SOFTHSM2_CONF="$LAB/hsm/softhsm2.conf" p11-kit server -f --name "$socket" --provider $softhsm "pkcs11:token=quietus" >/dev/null 2>&1 &
  echo $! >"$WORK/server.pid"
  disown
  for _ in $(seq 100); do [ -S "$socket" ] && return; sleep 0.02; done
  die "p11-kit server does not start"
}
end_server() {
  local pid
  pid=$(cat "$WORK/server.pid")
  kill -9 $(pgrep -P "$pid") "$pid" 2>/dev/null || true  # one child for each connection
}
start_server
server=yes
printf '%s\nP11_KIT_SERVER_ADDRESS=unix:path=%s\n' "$remote" "$socket" >"$shim.module"
restart kms
sign_checkpoint || die "the remote token does not sign"
watch >"$WORK/watched" &
watcher=$!
recovers "the server of a remote HSM is killed" sign_checkpoint 1500 end_server start_server
end_server
server=

echo "$cases cases passed, 0 failed"
