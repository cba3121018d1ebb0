# Platform: starting, finding and ending a server and its local node, by the agreement of doc/notes/running.md.
# Both run in sessions of their own: Ctrl-C reaches ./dev alone, which then ends the node first and the server after it.
# shellcheck shell=bash

# shown PATH: as a person would type it.
shown() {
  local path=$1
  printf '%s' "${path#"$HOUSE_ROOT"/}"
}

# started_at PID: clock ticks since boot at which it began; with the pid a process' identity.
started_at() {
  local stat
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
  stat=${stat##*) }
  [[ $stat == Z* ]] && return 1
  cut -d ' ' -f 20 <<<"$stat"
}

# running DATA NAME: prints the pid when the process of that pid file lives.
running() {
  local file=$1/run/$2.pid pid began
  [[ -f $file ]] || return 1
  read -r pid began <"$file"
  [[ -n $pid && $(started_at "$pid") == "$began" ]] || return 1
  printf '%s' "$pid"
}

# launch DATA NAME PROGRAM ARG…: in a session of its own, stdout to run/NAME.out, stderr to log/NAME.log, pid to run/NAME.pid.
# The node needs root. sudo stays in this terminal's session, or it would not find the password that was given here.
launch() {
  local data=$1 name=$2 pid before=(setsid)
  shift 2
  [[ $name != node || $EUID == 0 ]] || before=(sudo setsid)
  : >"$data/run/$name.out"
  # The database is the owner's alone; what the node writes must be reached by its workloads' own uids.
  (
    [[ $name == node ]] || umask 077
    exec "${before[@]}" "$@" </dev/null >"$data/run/$name.out" 2>>"$data/log/$name.log" 8>&- 9>&-
  ) &
  pid=$!
  printf '%s %s\n' "$pid" "$(started_at "$pid" || true)" >"$data/run/$name.pid"
}

# ready_line DATA NAME SECONDS: waits for the line that says ready; 1 when the process ended, 2 when it took too long.
ready_line() {
  local data=$1 name=$2 limit=$(($(now_ms) + $3 * 1000)) text
  while true; do
    if IFS= read -r text <"$data/run/$name.out" && [[ $text == '{'* ]]; then
      printf '%s' "$text"
      return 0
    fi
    running "$data" "$name" >/dev/null || return 1
    (($(now_ms) < limit)) || return 2
    sleep 0.02
  done
}

# last_words DATA NAME FIELD: of the JSON line that a program leaves on stderr when it cannot start.
last_words() {
  tail -n 20 "$1/log/$2.log" 2>/dev/null | grep '^{"ready":false' | tail -n 1 | jq -r ".$3 // empty" 2>/dev/null || true
}

# end_process DATA NAME SECONDS: TERM, then KILL; silent when nothing runs.
end_process() {
  local data=$1 name=$2 pid limit
  if pid=$(running "$data" "$name"); then
    as_root kill -TERM "$pid" 2>/dev/null || true
    limit=$(($(now_ms) + $3 * 1000))
    while running "$data" "$name" >/dev/null; do
      if (($(now_ms) >= limit)); then
        printf '  %-10s did not end within %s s; killed\n' "$name" "$3" >&2
        as_root kill -KILL "$pid" 2>/dev/null || true
        sleep 0.1
        break
      fi
      sleep 0.02
    done
  fi
  rm -f "$data/run/$name.pid"
}

# end_platform DATA: the node first, so that its last reports still find a server.
end_platform() {
  end_process "$1" node 10
  end_process "$1" server 10
  rm -f "$1/run/join.token"
}

# private_json: a ready line without its secrets, to be kept.
private_json() { jq -c 'del(.join_token) | if .admin then .admin |= del(.password) else . end'; }

# data_argument [DIR]: absolute; the default is data/ of this tree.
data_argument() {
  local data=${1:-$HOUSE_ROOT/data}
  [[ $data == /* ]] || data=$HOUSE_FROM/$data
  printf '%s' "${data%/}"
}

# end_workloads DATA: leaves in HOUSE_ENDED how many there were. The node must not run.
end_workloads() {
  local answer
  HOUSE_ENDED=0
  [[ -d $1/nodes && -x $HOUSE_BIN/gpuaas-node ]] || return 0
  local node
  for node in "$1"/nodes/*/; do
    [[ -d $node ]] || continue
    answer=$(as_root "$HOUSE_BIN/gpuaas-node" --data "${node%/}" --end-workloads 2>>"$1/log/node.log") ||
      failed "workloads under $(shown "$node") could not be ended" "read $(shown "$1")/log/node.log"
    HOUSE_ENDED=$((HOUSE_ENDED + $(jq -r .ended <<<"$answer")))
  done
}
