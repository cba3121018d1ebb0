#!/usr/bin/env bash
# installs what is missing, builds, and starts the whole platform on this machine
#
# ./dev up [--data DIR] [--port N] [--database postgres://…] [--detach] [--fresh] [--reset-admin] [--profile NAME]
#
#   --data DIR          where its state lies (default: data)
#   --port N            of the server, on 127.0.0.1 (default: 7070; 0 takes a free one)
#   --database URL      PostgreSQL 15 instead of the embedded SQLite: an empty database, or the one used before
#   --detach            return when it is ready; ./dev down ends it
#   --fresh             begin anew: ends the workloads of DIR and removes it first
#   --reset-admin       give the admin a new password, and show it
#   --profile NAME      start with deploy/profiles/NAME.yaml
#
# Ctrl-C stops server and node; workloads live on and are found again by the next start. ./dev down ends them too.
# Logs: DIR/log/server.log and DIR/log/node.log. Exit: 0 stopped or, with --detach, ready; 1 failed; 2 wrong usage.
#
# example: ./dev up --data /tmp/try --port 7171 --detach
# shellcheck shell=bash

read_arguments() {
  data='' port=7070 database='' detach='' fresh='' reset_admin='' profile=''
  while (($#)); do
    case $1 in
      --data | --port | --database | --profile)
        (($# > 1)) || wrong_usage "$1 wants a value" "./dev up --help"
        declare -g "${1#--}=$2"
        shift 2
        ;;
      --detach) detach=yes; shift ;;
      --fresh) fresh=yes; shift ;;
      --reset-admin) reset_admin=yes; shift ;;
      *) wrong_usage "unknown argument '$1'" "./dev up --help" ;;
    esac
  done
  data=$(data_argument "$data")
  if ! [[ $port =~ ^[0-9]{1,5}$ ]] || ((port > 65535)); then wrong_usage "--port wants 0 to 65535, not '$port'" "./dev up --help"; fi
  if [[ -n $database && $database != postgres://* && $database != postgresql://* ]]; then
    wrong_usage "--database wants postgres://…, not '$database'" "leave it out for the embedded SQLite"
  fi
  if [[ -n $database && -n $fresh ]]; then
    wrong_usage "--fresh removes a data directory, not a PostgreSQL database" "make an empty database and name it in --database"
  fi
  if [[ -n $profile && ! -f deploy/profiles/$profile.yaml ]]; then
    not_yet "deploy/profiles/$profile.yaml" "the deployment ladder, a later issue; without --profile this machine runs what will be called kind"
  fi
}

# claim_data: one ./dev up at a time may start something here, and nothing may run here already.
claim_data() {
  local pid
  mkdir -p "$data" || failed "cannot make $(shown "$data")" "name another directory with --data"
  mkdir -p "$data/run" "$data/log"
  exec 9>"$data/run/lock"
  flock -n 9 || failed "another ./dev up is starting on $(shown "$data")" "wait for it, or name another directory with --data"
  if pid=$(running "$data" server); then
    failed "a platform already runs on $(shown "$data"): $(jq -r '.url // empty' "$data/run/server.json" 2>/dev/null), server pid $pid" \
      "use it (eval \"\$(./dev env --data $(shown "$data"))\"), end it (./dev down --data $(shown "$data")), or name another directory with --data"
  fi
  end_process "$data" node 10  # one that lost its server
}

# only_ours: nothing in the directory but what a platform puts there. Asked before anything is removed, or built.
only_ours() {
  local name
  for name in "$data"/*; do
    case ${name##*/} in
      platform.db* | admin.token | nodes | run | log | '*') ;;
      *) failed "$(shown "$data") holds $(shown "$name"), which no platform put there; nothing was removed" "remove it yourself, or name another directory with --data" ;;
    esac
  done
}

begin_anew() {
  end_workloads "$data"
  as_root rm -rf "$data/nodes"
  rm -rf "$data"/platform.db* "$data/admin.token" "$data/log" "$data"/run/*.json
  mkdir -p "$data/log"
}

port_is_free() {
  ((port == 0)) || ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}

port_in_use() {
  failed "port $port is in use by another program" "./dev up --port 0 takes a free one; ss -ltnp 'sport = :$port' says who has it"
}

start_server() {
  local begun status=0 words reason
  local arguments=(--data "$(shown "$data")" --port "$port" --bootstrap --products products)
  [[ -z $database ]] || arguments+=(--database "$database")
  [[ ! -d web/dist ]] || arguments+=(--console web/dist)
  [[ -z $profile ]] || arguments+=(--config "deploy/profiles/$profile.yaml")
  begun=$(now_ms)
  launch "$data" server "$HOUSE_BIN/gpuaas-server" "${arguments[@]}"
  server=$(ready_line "$data" server 60) || status=$?
  if ((status != 0)); then
    end_process "$data" server 5
    reason=$(last_words "$data" server reason)
    [[ $reason != port_in_use ]] || port_in_use
    words=$(last_words "$data" server detail)
    [[ -n $words ]] || tail -n 10 "$data/log/server.log" >&2
    failed "the server did not start: ${words:-see the lines above}" "$(last_words "$data" server next | grep . || printf 'read %s' "$(shown "$data")/log/server.log")"
  fi
  rm -f "$data/run/server.out"
  private_json <<<"$server" >"$data/run/server.json"
  url=$(jq -r .url <<<"$server")
  (umask 077 && jq -r '.join_token // empty' <<<"$server" >"$data/run/join.token")
  local spent=$(($(now_ms) - begun)) migrate
  migrate=$(jq -r '.migrate_ms // 0' <<<"$server")
  line database "$(jq -r '"\(.database), \(.migrations) migrations"' <<<"$server")" "$migrate"
  line server "$url" $((spent - migrate))
}

start_node() {
  local status=0 node words
  launch "$data" node "$HOUSE_BIN/gpuaas-node" --data "$data/nodes/local-1" --server "$url" --name local-1 \
    --join-token-file "$data/run/join.token"
  node=$(ready_line "$data" node 60) || status=$?
  rm -f "$data/run/join.token"
  if ((status != 0)); then
    words=$(last_words "$data" node detail)
    [[ -n $words ]] || tail -n 10 "$data/log/node.log" >&2
    end_platform "$data"
    failed "the node did not start: ${words:-see the lines above}" "$(last_words "$data" node next | grep . || printf 'read %s' "$(shown "$data")/log/node.log")"
  fi
  rm -f "$data/run/node.out"
  private_json <<<"$node" >"$data/run/node.json"
  line node "$(jq -r '
    (if .simulated then "simulated GPUs (no NVIDIA driver)" else "GPUs" + (if .gpu_model then " (\(.gpu_model))" else "" end) end) as $kind
    | "\(.name): \(.gpus) \($kind), \(.cpu) CPU, \(.memory / 1073741824 | floor) GiB"
      + (if (.adopted // 0) > 0 then "; \(.adopted) workloads found again" else "" end)' <<<"$node")"
}

say_where() {
  local mail password again='./dev up --reset-admin makes another' at=''
  [[ $data == "$HOUSE_ROOT/data" ]] || at=" --data $(shown "$data")"
  mail=$(jq -r '.admin.mail // empty' <<<"$server")
  password=$(jq -r '.admin.password // empty' <<<"$server")
  if [[ -n $new_admin ]]; then
    mail=$(jq -r .mail <<<"$new_admin")
    password=$(jq -r .password <<<"$new_admin")
  fi
  printf '\n'
  line Console "$url"
  if [[ -n $password ]]; then
    line 'Sign in' "$mail   $password   (shown once; $again)"
  else
    line 'Sign in' "${mail:-admin@acme.test}   with the password shown at the first start ($again)"
  fi
  line Shell "eval \"\$(./dev env$at)\"       puts gpuaas on PATH, signed in"
  if [[ -n $detach ]]; then
    line Stop "./dev down$at             ends server, node and workloads"
  else
    line Stop "Ctrl-C                    workloads live on and are found again; ./dev down$at ends them too"
  fi
}

# stand_by: until Ctrl-C, or until the server ends by itself.
stand_by() {
  local stopping=''
  trap 'stopping=yes' INT TERM HUP
  local node_said=''
  while [[ -z $stopping ]]; do
    if ! running "$data" server >/dev/null; then
      end_platform "$data"
      failed "the server ended by itself" "read $(shown "$data")/log/server.log, then ./dev up again: the data is safe"
    fi
    if [[ -z $node_said ]] && ! running "$data" node >/dev/null; then
      node_said=yes
      printf '  %-10s ended by itself (%s); workloads live on; Ctrl-C and ./dev up start it again\n' node "$(shown "$data")/log/node.log" >&2
    fi
    sleep 0.5 || true
  done
  printf '\n'
  end_platform "$data"
  line stopped 'workloads live on; ./dev up finds them again, ./dev down ends them'
}

run_verb() {
  read_arguments "$@"
  # Said before a long build rather than after it.
  mkdir -p "$data" 2>/dev/null || failed "cannot make $(shown "$data")" "name another directory with --data"
  [[ -z $fresh ]] || only_ours
  ensure_packages build run
  claim_data
  port_is_free || port_in_use
  build_all programs
  [[ -z $fresh ]] || begin_anew
  new_admin=''
  if [[ -n $reset_admin && (-n $database || -f $data/platform.db) ]]; then
    new_admin=$("$HOUSE_BIN/gpuaas-server" --reset-admin --data "$data" ${database:+--database "$database"} 2>>"$data/log/server.log") ||
      failed "the admin's password could not be reset" "read $(shown "$data")/log/server.log"
  fi
  # Asked for once, here, where a person can answer: the node runs as root for its sandboxes.
  ((EUID == 0)) || sudo -v
  trap 'end_platform "$data"; exit 130' INT TERM
  start_server
  start_node
  trap - INT TERM
  exec 9>&-
  say_where
  [[ -n $detach ]] || stand_by
}
