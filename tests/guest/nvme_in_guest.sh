# Runs inside the guest of nvme_matrix.sh.
. /steps.sh

attach correct
step facts "$(mkdir -p /tmp/state/correct && nvme_probe "${node}n1" facts --dir /tmp/state/correct)"
for method in sanitize-crypto sanitize-block sanitize-overwrite format-user-data format-crypto; do probe correct "$method"; done
log_of correct/log
detach correct

attach lies
probe lies sanitize-block
probe lies format-user-data
detach lies

for pair in stuck:sanitize-crypto stale:sanitize-crypto wrongword:sanitize-crypto refuses:sanitize-crypto \
  powerloss:sanitize-block nocrypto:sanitize-crypto; do
  attach "${pair%:*}"
  probe "${pair%:*}" "${pair#*:}"
  [ "$pair" = nocrypto:sanitize-crypto ] && probe nocrypto sanitize-block
  detach "${pair%:*}"
done

for pair in fails:sanitize-crypto dealloc:sanitize-block; do
  attach "${pair%:*}"
  probe "${pair%:*}" "${pair#*:}"
  log_of "${pair%:*}/log"
  detach "${pair%:*}"
done

# The agent dies while the drive is at work, and another takes the operation up.
attach slow
mkdir -p /tmp/state/slow
nvme_probe "${node}n1" sanitize-block --dir /tmp/state/slow --impatient >/dev/null &
killed=$!
for _ in $(seq 50); do
  grep -q '"stage":"running"' /tmp/state/slow/intent.json 2>/dev/null && break
  sleep 0.1
done
kill -9 "$killed"
wait "$killed" 2>/dev/null
probe slow resume
detach slow

# The third party drives and judges.
attach judge
step judge/id-ctrl "$(nvme id-ctrl "$node" -o json)"
nvme sanitize "$node" -a 2 >/dev/null || exit 14
log_of judge/running
sleep 2
log_of judge/finished
detach judge

find_node FOREIGN || exit 15
mkdir -p /tmp/state/foreign
step foreign/facts "$(nvme_probe "${node}n1" facts --dir /tmp/state/foreign)"
for method in sanitize-crypto format-crypto format-user-data; do probe foreign "$method"; done
exit 0
