# Runs inside the guest of nvme_matrix.sh, twice: the machine dies while the drive is at work, and comes back. What the
# agent must know is on the second drive.
. /steps.sh

find_node FOREIGN || exit 20
mount -t ext4 "${node}n1" /tmp/state || exit 21
if [ ! -d /tmp/state/powercut ]; then
  attach powercut
  mkdir /tmp/state/powercut
  nvme_probe "${node}n1" sanitize-block --dir /tmp/state/powercut --impatient >/dev/null &
  for _ in $(seq 100); do
    grep -q '"stage":"running"' /tmp/state/powercut/intent.json 2>/dev/null && break
    sleep 0.1
  done
  echo b >/proc/sysrq-trigger # no sync, no unmount
  sleep 30
  exit 22
fi
ls /tmp/state/powercut | grep -q intent.json || exit 23
attach powercut
probe powercut resume
exit 0
