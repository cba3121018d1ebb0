#!/bin/sh
# A PostgreSQL 15 of our own, from Debian's binaries, for tests.
#   postgres.sh start DIR [PID]   makes and starts a cluster in DIR and prints its URL; it stops when PID ends
#   postgres.sh stop DIR          stops it and removes DIR
set -eu
bin=/usr/lib/postgresql/15/bin
verb=${1:?start or stop}
dir=${2:?a directory}
self=$(realpath "$0")

# The server refuses to be root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups "$@"
  else
    "$@"
  fi
}

free_port() {
  perl -MSocket -e 'socket(my $s, PF_INET, SOCK_STREAM, 0); bind($s, sockaddr_in(0, INADDR_LOOPBACK)); print((sockaddr_in(getsockname($s)))[0])'
}

start() {
  [ -x "$bin/initdb" ] || { echo "postgres.sh: $bin/initdb is missing: apt-get install postgresql-15" >&2; exit 1; }
  mkdir -p "$dir"
  if [ "$(id -u)" = 0 ]; then chown postgres:postgres "$dir"; fi
  cd "$dir"
  as_postgres "$bin/initdb" -N -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >"$dir/initdb.log" 2>&1 ||
    { cat "$dir/initdb.log" >&2; exit 1; }
  tries=0
  until port=$(free_port) && as_postgres "$bin/pg_ctl" -w -t 30 -D "$dir/data" -l "$dir/server.log" -o "-c listen_addresses=127.0.0.1 \
      -c port=$port -c unix_socket_directories= -c max_connections=500 -c shared_buffers=64MB -c log_min_messages=fatal" start >/dev/null 2>&1; do
    tries=$((tries + 1))  # another took the port in between
    [ $tries -lt 5 ] || { cat "$dir/server.log" >&2; exit 1; }
  done
  # A session of its own: who ends the test's process group must not end what cleans up after it.
  if [ -n "${3:-}" ]; then setsid "$self" watch "$dir" "$3" </dev/null >/dev/null 2>&1 & fi
  echo "postgres://postgres@127.0.0.1:$port/postgres"
}

# A test that is killed cannot stop its server.
watch() {
  tail --pid="$3" -f /dev/null
  stop
}

stop() {
  [ -d "$dir/data" ] || return 0
  as_postgres "$bin/pg_ctl" -w -m immediate -D "$dir/data" stop >/dev/null 2>&1 || true
  cd / && rm -rf "$dir"
}

case $verb in
  start) start "$@" ;;
  stop) stop ;;
  watch) watch "$@" ;;
  *) echo "postgres.sh: start or stop" >&2; exit 2 ;;
esac
