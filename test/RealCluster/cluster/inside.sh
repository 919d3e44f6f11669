#!/bin/bash
# Runs in a node's network and mount namespace and holds both: private copies of what kubelet, containerd and CNI hard-wire.
# Not /run/vitrine: who removes that folder elsewhere on the machine takes away what is mounted on it here. env.sh's halt empties those of /run, as a reboot does.
D=$1; RUNDIR=$2; rm -f $D/ready; mkdir -p $D/m; mount --make-rprivate /; hostname ${D##*/}
umount /sys/fs/cgroup/unified 2>/dev/null
for d in $RUNDIR /var/lib/kubelet /var/log/pods /var/log/containers /run/containerd /var/lib/cni /var/lib/vitrine /etc/cni /opt/cni; do mkdir -p $d $D/m/${d//\//_}; mount --bind $D/m/${d//\//_} $d; done
umount -l /run/netns 2>/dev/null; mkdir -p /run/netns; mount -t tmpfs tmpfs /run/netns
: >$D/xt; touch /run/xtables.lock; mount --bind $D/xt /run/xtables.lock
# kubelet insists on these; it is shown what it wants, and the machine stays as it is
while read -r f v; do [ -e /proc/sys/$f ] || continue; echo $v >$D/m/${f//\//_}; mount --bind $D/m/${f//\//_} /proc/sys/$f; done <<S
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
S
mount --make-rshared /; touch $D/ready; exec sleep infinity
