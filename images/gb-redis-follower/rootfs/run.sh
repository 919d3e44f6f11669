#!/bin/sh
# GET_HOSTS_FROM=env takes the leader's address from the environment, as where there is no cluster DNS; otherwise by name.
leader=redis-leader
if [ "$GET_HOSTS_FROM" = env ]; then
  leader=${REDIS_LEADER_SERVICE_HOST:?GET_HOSTS_FROM is env, but REDIS_LEADER_SERVICE_HOST is not set}
fi
exec redis-server --protected-mode no --replicaof "$leader" 6379
