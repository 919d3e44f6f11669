#!/bin/bash
# down.sh [--wipe]: ends only what the scripts of this folder started: recorded pids, and processes in the nodes' own cgroups and mount namespaces
cd "$(dirname "$0")"; . ./env.sh
for f in $R/n*/agent.pid $R/controller*.pid $R/n*/proxy.pid $R/n*/kubelet.pid $R/sched.pid $R/kcm.pid $R/apiserver.pid $R/etcd.pid; do stop $f; done
for D in $R/n*/; do D=${D%/}; n=${D##*/}; [ -f $D/holder.pid ] || continue; CG=/$TAG-$n; h=$(cat $D/holder.pid); mns=$(readlink /proc/$h/ns/mnt)
  for _ in 1 2 3; do for p in $(find /sys/fs/cgroup/memory$CG -name cgroup.procs -exec cat {} + 2>/dev/null); do kill -9 $p 2>/dev/null; done; sleep .3; done
  stop $D/containerd.pid
  for p in /proc/[0-9]*; do p=${p#/proc/}; [ "$(readlink /proc/$p/ns/mnt 2>/dev/null)" = "$mns" ] && [ $p != $h ] && kill -9 $p 2>/dev/null; done
  kill -9 $h 2>/dev/null; sleep .3; ip netns del $TAG-$n
  for c in cpu cpuacct cpuset memory pids systemd devices freezer blkio; do find /sys/fs/cgroup/$c$CG -depth -type d -exec rmdir {} \; 2>/dev/null; done
  rm -f $D/holder.pid $D/ready
done
ip netns del $FAB 2>/dev/null
[ "$1" = --wipe ] && rm -rf $R; [ -s /run/xtables.lock ] || rm -f /run/xtables.lock; rmdir /var/lib/kubelet /var/log/pods /var/log/containers /opt/cni /etc/cni 2>/dev/null; echo down
