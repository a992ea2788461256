# Sourced by the integration tests: one laboratory, its people, and orders over real daemons, token and media.
# Needs QUIETUS_BIN (the folder of the programs). Everything lives in $WORK and is gone at the end.
set -euo pipefail

export PATH="$QUIETUS_BIN:$PATH"
WORK=$(mktemp -d "${TMPDIR:-/tmp}/quietus-test.XXXXXX")
chmod 755 "$WORK"
LAB=$WORK/lab
export LC_ALL=C.UTF-8 LANG=C.UTF-8

finish() {
  local code=$?
  for lab in "$WORK"/*/lab.json; do
    [ -f "$lab" ] && quietus lab down "$(dirname "$lab")" >/dev/null 2>&1 || true
  done
  if [ "$code" != 0 ]; then
    echo "--- last words of the daemons"
    for log in "$LAB"/logs/*.log; do
      echo "== $log"
      grep -v '"event":"request"' "$log" 2>/dev/null | tail -n 15 | cut -c1-400 || true
    done
  fi
  rm -rf "$WORK"
}
trap finish EXIT

die() { echo "FAILED: $*" >&2; exit 1; }
expect() { local want=$1; shift; local got=0; "$@" >"$WORK/out" 2>&1 || got=$?; [ "$got" = "$want" ] || { cat "$WORK/out"; die "exit $got instead of $want: $*"; }; }
as() { local who=$1; shift; quietus --profile "$LAB/people/$who/quietus.json" "$@"; }
ready() { for _ in $(seq 300); do quietus lab status "$LAB" --json 2>/dev/null | jq -e .ready >/dev/null && return 0; sleep 0.1; done; die "the laboratory is not ready"; }
pid_of() { quietus lab status "$LAB" --json | jq -r --arg name "$1" '.processes[] | select(.name == $name) | .pid'; }

# Ends a daemon by its own recorded pid; its supervisor starts it again, with the configuration as it is then.
restart() { local pid; pid=$(pid_of "$1"); [ -n "$pid" ] && [ "$pid" != null ] && kill "-${2:-TERM}" "$pid"; for _ in $(seq 200); do [ "$(pid_of "$1")" != "$pid" ] && break; sleep 0.05; done; ready; }
configure() { local file=$LAB/$1/$1.json; shift; jq "$@" "$file" >"$WORK/config" && cat "$WORK/config" >"$file"; }

# A rule pack that lawyer and compliance sign, and kms loads.
load_pack() {
  local rules=$LAB/kms/rules role
  mkdir -p "$rules"
  cp "$1" "$rules/pack.json"
  cat "$LAB/kms/trust/root.pem" "$LAB/kms/trust/people-ca.pem" >"$rules/root.pem"
  for role in lawyer compliance; do
    quietus lab person "$LAB" "$role" "The $role" "$role" 2>/dev/null
    quietus pack sign "$rules/pack.json" --role "$role" --key "$LAB/people/$role/key.pem" --certificate "$LAB/people/$role/certificate.pem" --out "$rules/$role.json" >/dev/null
  done
  configure kms '.rules = {root: "rules/root.pem", packs: [{pack: "rules/pack.json", signatures: ["rules/lawyer.json", "rules/compliance.json"]}]}'
  restart kms
}

new_case() { as olivia case open --title "Sale of a loan book" --approver bo --approver chen --responsible dara --witness wei --auditor eli --json | jq -r .id; }
# A disk image with something in it; prints its holding id.
new_disk() {
  local case=$1 name=$2 size=${3:-4M}
  truncate -s "$size" "$LAB/media/$name.img"
  mke2fs -q -F "$LAB/media/$name.img"
  for _ in $(seq 200); do as olivia devices --json | jq -e --arg p "$LAB/media/$name.img" '.devices[] | select(.path == $p)' >/dev/null && break; sleep 0.1; done
  as olivia holding declare --case "$case" --kind disk --title "Old copy $name" --device "$LAB/media/$name.img" --json | jq -r .id
}
# A small record set, sealed; prints its holding id.
new_records() {
  local case=$1 name=$2
  mkdir -p "$WORK/$name" && echo "customer $name" >"$WORK/$name/customers.csv"
  as olivia seal "$WORK/$name" "$WORK/$name.sealed" --case "$case" --title "Records $name" --json | jq -r .id
}
propose() { local case=$1 holding args=(); shift; for holding in "$@"; do args+=(--holding "$holding"); done; as olivia order propose --case "$case" "${args[@]}" --reason "the loan book was sold" --yes --json 2>/dev/null | jq -r .id; }
# Signs until nothing is missing: a daemon may die in between.
sign_all() {
  local case=$1 order=$2 who role
  for _ in $(seq 20); do
    [ "$(as olivia order show "$order" --case "$case" --json | jq -r '.state')" != proposed ] && return 0
    for pair in olivia:proposer bo:approver chen:approver dara:responsible wei:witness; do
      who=${pair%%:*} role=${pair##*:}
      as "$who" order sign "$order" --case "$case" --role "$role" --yes >/dev/null 2>&1 || true
    done
    sleep 0.1
  done
  die "order $order does not get its signatures"
}
state_of() { as olivia order show "$2" --case "$1" --json | jq -r .state; }
wait_for() { local case=$1 order=$2 wanted=$3 state=; for _ in $(seq "${4:-600}"); do state=$(state_of "$case" "$order" 2>/dev/null || true); [[ $state =~ ^($wanted)$ ]] && return 0; sleep 0.1; done; die "order $order is $state, not $wanted"; }
bundle() { as olivia bundle fetch --case "$1" --holding "$2" --out "$3" --wait 30 >/dev/null; }
verify() { quietus verify "$1" --root "$LAB/root.pem" >"$WORK/verify" 2>&1 || { cat "$WORK/verify"; die "bundle $1 is not valid"; }; }
