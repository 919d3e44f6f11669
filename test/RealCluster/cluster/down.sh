#!/bin/bash
# down.sh [--wipe]: ends, and forgets all but the images; only what the scripts of this folder started: recorded pids, and processes in the nodes' own cgroups and mount namespaces
cd "$(dirname "$0")"; . ./env.sh
for f in $R/n*/agent.pid $R/controller*.pid $R/sched.pid $R/kcm.pid $R/apiserver.pid $R/etcd.pid; do stop $f; done
for D in $R/n*/; do D=${D%/}; halt ${D##*/}; done
ip netns del $FAB 2>/dev/null
[ "$1" = --wipe ] && [ -d $R ] && find $R -mindepth 1 -maxdepth 1 ! -name images.tar -exec rm -rf {} +; [ -s /run/xtables.lock ] || rm -f /run/xtables.lock; rmdir $RUNDIR /var/lib/kubelet /var/log/pods /var/log/containers /opt/cni /etc/cni 2>/dev/null; echo down
