# Saying: the one layout of lines that `./dev` prints, and the two ways in which it gives up.
# Exit codes as everywhere: 0 done, 1 failed, 2 wrong usage or not there yet.
# shellcheck shell=bash

# failed WHAT NEXT: what happened, and what to do about it.
failed() {
  clear_progress
  printf './dev %s: %s\n  next: %s\n' "${HOUSE_VERB:-}" "$1" "$2" >&2
  exit 1
}

wrong_usage() {
  printf './dev %s: %s\n  next: %s\n' "${HOUSE_VERB:-}" "$1" "$2" >&2
  exit 2
}

# not_yet WHAT WHEN: a verb or flag that the experience page promises and a later issue brings.
not_yet() {
  printf './dev %s: not there yet: %s\n  comes with: %s\n' "$HOUSE_VERB" "$1" "$2" >&2
  exit 2
}

# show_help VERB: the comment at the head of the verb's file, which ends with an example.
show_help() {
  awk 'NR > 1 { if (!/^#/ || /^# shellcheck /) exit; sub(/^# ?/, ""); print }' "$HOUSE_DEV/verbs/$1.sh"
}

now_ms() { date +%s%3N; }

# duration MS -> "2.1 s" or "4 m 50 s"
duration() {
  local ms=$1
  if ((ms < 60000)); then
    printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
  else
    printf '%d m %02d s' $((ms / 60000)) $((ms % 60000 / 1000))
  fi
}

# line NAME TEXT [MS]: one step of `up` and `test`, with how long it took.
line() {
  clear_progress
  if [[ -n ${3:-} ]]; then
    printf '  %-10s %-56s %s\n' "$1" "$2" "$(duration "$3")"
  else
    printf '  %-10s %s\n' "$1" "$2"
  fi
}

clear_progress() {
  if [[ -n ${HOUSE_PROGRESS:-} ]]; then
    printf '\r\033[K' >&2
    HOUSE_PROGRESS=
  fi
}

# progress NAME DONE ALL SINCE_MS: a bar where a person looks; a line each half minute where a file does.
progress() {
  local name=$1 done=$2 all=$3 spent=$(($(now_ms) - $4))
  if [[ -t 2 ]]; then
    local width=30 full
    full=$((all > 0 ? done * width / all : 0))
    printf '\r  %-10s [%s%s] %s of %s  %s\033[K' "$name" "$(repeat '#' "$full")" "$(repeat . $((width - full)))" \
      "$done" "$all" "$(duration "$spent")" >&2
    HOUSE_PROGRESS=yes
  elif ((spent >= ${HOUSE_PROGRESS_NEXT:-30000})); then
    HOUSE_PROGRESS_NEXT=$((spent + 30000))
    printf '  %-10s %s of %s so far, %s\n' "$name" "$done" "$all" "$(duration "$spent")" >&2
  fi
}

repeat() {
  local text=
  printf -v text '%*s' "$2" ''
  printf '%s' "${text// /$1}"
}
