# PostgreSQL for tests, proofs and benches: a real one, for the time of the run, unless HOUSE_TEST_POSTGRES names one.
# shellcheck shell=bash

postgres=''  # the directory of the one that we started

# start_postgres: whoever calls it traps EXIT with stop_postgres first.
start_postgres() {
  [[ -z ${HOUSE_TEST_POSTGRES:-} && -x tests/support/postgres.sh ]] || return 0
  postgres=$(mktemp -d "${TMPDIR:-/tmp}/house-postgres-XXXXXX")
  local begun url
  begun=$(now_ms)
  url=$(tests/support/postgres.sh start "$postgres" $$ 2>build/log/postgres.log | tail -n 1) || true
  if [[ $url != postgres* ]]; then
    tail -n 20 build/log/postgres.log >&2
    stop_postgres
    failed "PostgreSQL did not start" "read build/log/postgres.log"
  fi
  export HOUSE_TEST_POSTGRES=$url
  line database "PostgreSQL 15 for this run" $(($(now_ms) - begun))
}

stop_postgres() {
  [[ -n ${postgres:-} ]] || return 0
  tests/support/postgres.sh stop "$postgres" >/dev/null 2>&1 || true
  rm -rf "$postgres"
  postgres=''
}
