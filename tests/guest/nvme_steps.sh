# Sourced inside the guest, under busybox: the network, connecting to model drives, `== STEP JSON` for each step.
ip link set lo up
modprobe virtio_pci
modprobe virtio_net
for _ in $(seq 50); do [ -e /sys/class/net/eth0 ] && break; sleep 0.1; done
ip link set eth0 up && ip addr add 10.0.2.15/24 dev eth0 || exit 10
modprobe nvme-tcp || exit 11
mkdir -p /tmp/state
node=
step() { echo "== $1 $(printf '%s' "$2" | tr '\n' ' ')"; }
port_of() { sed -n "s/^$1 //p" /drives; }

# The controller whose serial number is $1, once it has its namespace.
find_node() {
  node=
  for _ in $(seq 100); do
    for controller in /sys/class/nvme/nvme*; do
      [ "$(tr -d ' ' <"$controller/serial" 2>/dev/null)" = "$1" ] || continue
      [ "$(cat "$controller/state")" = live ] || continue
      [ -b "/dev/${controller##*/}n1" ] && node=/dev/${controller##*/} && return 0
    done
    sleep 0.1
  done
  echo "no namespace of $1" && return 1
}
attach() {
  nvme connect -t tcp -a 10.0.2.2 -s "$(port_of "$1")" -n "nqn.2026-01.quietus:$1" -q nqn.2026-01.quietus:guest \
    -I 6d1f4a6e-52a3-4c36-8f6e-2b9a5d0c7e11 -i 1 -Q 32 --reconnect-delay=1 --ctrl-loss-tmo=60 >/dev/null || exit 12
  find_node "$1" || exit 13
}
detach() { nvme disconnect -n "nqn.2026-01.quietus:$1" >/dev/null; }
probe() { # probe NAME METHOD
  mkdir -p "/tmp/state/$1"
  step "$1/$2" "$(nvme_probe "${node}n1" "$2" --dir "/tmp/state/$1" --impatient)"
}
log_of() { step "$1" "$(nvme sanitize-log "$node" -o json)"; }
