# Sourced by tests that need a Linux of their own: a Debian kernel and an initramfs made from installed packages, run
# by QEMU in software (TCG; KVM is never used, so that it runs the same inside any machine).
#   build_guest DIR PROGRAM...      vmlinuz and initrd in DIR; programs come with the libraries they need
#   run_guest DIR OVERLAY LOG [QEMU ARGUMENT...]    OVERLAY/main.sh runs in the guest; its exit code is returned
set -euo pipefail
shopt -s inherit_errexit
PATH=$PATH:/usr/sbin:/sbin

GUEST_MODULES="virtio_pci virtio_net nvme_tcp"

# The kernel is downloaded and unpacked, never installed. Kept in DIR for the next time.
guest_kernel() {
  local dir=$1 package version module file
  mkdir -p "$dir/packages"
  package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -1)
  [ -n "$package" ] || { echo "guest: apt knows no kernel package" >&2; return 1; }
  if ! compgen -G "$dir/packages/${package}_*.deb" >/dev/null; then
    rm -rf "$dir/kernel" "$dir"/packages/*
    (cd "$dir/packages" && apt-get -qq -o APT::Sandbox::User=root download "$package" >/dev/null)
  fi
  [ -d "$dir/kernel" ] || {
    dpkg-deb -x "$dir"/packages/"${package}"_*.deb "$dir/kernel.new"
    version=$(ls "$dir/kernel.new/lib/modules")
    depmod -b "$dir/kernel.new" "$version"
    mv "$dir/kernel.new" "$dir/kernel"
  }
  version=$(ls "$dir/kernel/lib/modules")
  cp "$dir/kernel/boot/vmlinuz-$version" "$dir/vmlinuz"
  for module in $GUEST_MODULES; do
    modprobe -d "$dir/kernel" -S "$version" --show-depends "$module" | sed -n 's/^insmod //p'
  done | sort -u | while read -r file; do
    install -D -m 644 "$file" "$dir/root/${file#"$dir/kernel/"}"
  done
  cp "$dir/kernel/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$dir/root/lib/modules/$version/"
  depmod -b "$dir/root" "$version"
}

guest_program() {
  local dir=$1 program=$2 library
  install -D -m 755 "$program" "$dir/root/usr/bin/$(basename "$program")"
  ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
    [ -e "$dir/root$library" ] || install -D -m 755 "$library" "$dir/root$library"
  done
}

build_guest() {
  local dir program
  dir=$(mkdir -p "$1" && cd "$1" && pwd)
  shift
  rm -rf "$dir/root"
  mkdir -p "$dir"/root/{bin,sbin,etc,proc,sys,dev,tmp,run,usr/bin}
  cp "$(command -v busybox)" "$dir/root/bin/busybox"
  guest_kernel "$dir"
  for program in "$@" "$(command -v kmod)"; do guest_program "$dir" "$program"; done
  ln -s /usr/bin/kmod "$dir/root/sbin/modprobe"
  cat >"$dir/root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/usr/bin:/sbin:/bin
mount -t devtmpfs dev /dev && mount -t proc proc /proc && mount -t sysfs sys /sys && mount -t tmpfs tmp /tmp
sh /main.sh
echo "guest ended with $?"
poweroff -f
INIT
  chmod 755 "$dir/root/init"
  (cd "$dir/root" && find . -print0 | cpio --null --create --format=newc --quiet | gzip -1) >"$dir/initrd"
}

# An initramfs may be several archives in a row; the small one of this run comes first, uncompressed.
run_guest() {
  local dir=$1 overlay=$2 log=$3 code
  shift 3
  (cd "$overlay" && find . -print0 | cpio --null --create --format=newc --quiet) >"$log.initrd"
  cat "$dir/initrd" >>"$log.initrd"
  timeout --kill-after=5 "${GUEST_SECONDS:-300}" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -machine q35 \
    -m 384 -smp 2 -nodefaults -no-user-config -display none -no-reboot \
    -kernel "$dir/vmlinuz" -initrd "$log.initrd" -append "console=ttyS0 quiet loglevel=1 panic=-1 mitigations=off" \
    -netdev user,id=net -device virtio-net-pci,netdev=net,romfile= \
    -serial "file:$log" "$@" </dev/null
  rm -f "$log.initrd"
  code=$(tr -d '\r' <"$log" | sed -n 's/^guest ended with \([0-9]*\)$/\1/p')
  [ -n "$code" ] || { echo "guest: it did not come to its end" >&2; return 125; }
  return "$code"
}
