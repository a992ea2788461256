#!/usr/bin/env bash
# usage: crash_sweep.sh [DAEMON | POINT...]
# kill -9 of each daemon at every named crash point, in the middle of one order over a disk and a record set: the order still
# ends certified, both bundles verify, and every point was really passed.
. "$(dirname "$0")/lab.sh"

quietus lab up "$LAB" >/dev/null
all=$(quietus-kms --list-crash-points)
case "${1:-}" in
  kms | eraser | agent) points=$(grep "^$1_" <<<"$all" || true) ;;
  *) points=${*:-$all} ;;
esac
[ -n "$points" ] || die "there are no crash points"
for point in $all; do
  case $point in kms_* | eraser_* | agent_*) ;; *) die "crash point $point belongs to no daemon" ;; esac
done
passed=0
last=
for point in $points; do
  daemon=${point%%_*}
  case_id=$(new_case)
  records=$(new_records "$case_id" "$point")
  disk=$(new_disk "$case_id" "$point")
  [ -n "$last" ] && [ "$last" != "$daemon" ] && configure "$last" 'del(.crash_at, .crash_trace)' && restart "$last"
  trace=$LAB/$daemon/state/trace-$point
  configure "$daemon" --arg point "$point" --arg trace "$trace" '.crash_at = $point | .crash_trace = $trace'
  restart "$daemon"
  last=$daemon
  order=$(propose "$case_id" "$disk" "$records") || true
  [ -n "$order" ] || order=$(for _ in $(seq 100); do as olivia case show "$case_id" --json 2>/dev/null | jq -er '.orders[-1]' && break; sleep 0.1; done)
  sign_all "$case_id" "$order"
  wait_for "$case_id" "$order" "certified|partly|failed"
  [ "$(state_of "$case_id" "$order")" = certified ] || die "after a crash at $point the order is $(state_of "$case_id" "$order")"
  for holding in "$disk" "$records"; do
    bundle "$case_id" "$holding" "$WORK/bundle-$point/$holding"
    verify "$WORK/bundle-$point/$holding"
  done
  grep -q "^died at $point$" "$trace" || die "crash point $point was never passed"
  expect 1 as olivia open "$WORK/$point.sealed" "$WORK/opened-$point"
  passed=$((passed + 1))
  echo "ok: killed at $point, certified all the same"
done
[ "$passed" = "$(wc -w <<<"$points")" ] || die "not every point was swept"
echo "$passed crash points passed, 0 failed"
