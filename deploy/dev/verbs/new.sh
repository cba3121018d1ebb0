#!/usr/bin/env bash
# lays out a new module, or says what to write where for a new verb of a resource
#
# ./dev new module PATH
# ./dev new verb OWNER.TYPE VERB
#
#   PATH                platform/NAME or products/PRODUCT/NAME: a module of the house's shape, which passes every rule
#   OWNER.TYPE          a resource as permissions name it: gpuaas.instance, iam.project; `./dev new verb` lists them
#   VERB                what is done to it: cancel
#
# `new verb` writes nothing. It looks the resource up in the tree and prints its files, the lines where the next verb
# goes, and blocks to paste, with the names filled in; the rule itself is yours. doc/tutorials/add-a-verb.md is the same
# at leisure, with reasons. Exit: 0 done, 1 failed, 2 wrong usage.
#
# example: ./dev new verb gpuaas.instance cancel
# shellcheck shell=bash

# resources: OWNER.TYPE of each permission that stands in a public header.
resources() {
  grep -rhoE 'Permission [a-z_]+\{"[a-z_]+\.[a-z_]+\.[a-z_]+"' platform products --include='*.hpp' --exclude='fixture.hpp' |
    sed 's/.*{"//; s/\.[a-z_]*"$//' | sort -u
}

# last_line PATTERN FILE: the number of the last line that has it; nothing where none does.
last_line() { grep -nE -- "$1" "$2" | tail -n 1 | cut -d: -f1; }

# step TITLE FILE [PATTERN]: the next file, and the line after the last one that has the pattern.
step() {
  local at=''
  count=$((count + 1))
  [[ -z ${3:-} ]] || at=$(last_line "$3" "$2")
  printf '\n%d. %s%s\n   %s\n' "$count" "$2" "${at:+:$at}" "$1"
}

# block: stdin as it is to be pasted.
block() { sed 's/^\(.\)/       \1/'; }

# find_resource: its module and public header, and the verb of it that is most like a new one: a POST on one of them.
find_resource() {
  local row
  header=$(grep -rlE "Permission [a-z_]+\{\"$owner\.$type\." platform products --include='*.hpp' | grep -v /fixture | head -n 1)
  [[ -n $header ]] || wrong_usage "no module has permissions $owner.$type.…" "one of: $(resources | tr '\n' ' ')"
  ! grep -qE "Permission [a-z_]+\{\"$owner\.$type\.$verb\"" "$header" ||
    wrong_usage "$owner.$type.$verb is there already, in $header" "choose another word"
  module=${header%/*}
  routes=$(grep -lE "\.(change|read|read_memory|stream)<${type}_" "$module"/*.cpp | head -n 1) || true
  [[ -n $routes ]] || failed "$module has no routes of $owner.$type" "see doc/tutorials/add-a-verb.md for where a row stands"
  row=$(grep -hE "\.change<${type}_[a-z_]+>\(POST, \"[^\"]*\{$type\}/" "$routes" | head -n 1) ||
    row=$(grep -hE "\.(change|read|stream)<${type}_[a-z_]+>" "$routes" | head -n 1) || true
  like=${type}_$(sed -nE "s/.*<${type}_([a-z_]+)>.*/\1/p" <<<"$row")
  path="/v1/${type//_/-}s/{$type}/${verb//_/-}"
}

# signature: of the function, as the verb that it is like declares its own.
signature() {
  local declared
  declared=$(grep -hE "^[A-Za-z].*Result<.*Call<${like}[,>]" "$header" "$module"/*.cpp | head -n 1) || true
  [[ $declared == *'&)'* ]] || declared="base::Result<ANSWER> $verb(db::Tx&, const Call<$like, INPUT>&);"
  sed -E "s/[a-z_]+\(db::/$verb(db::/; s/db::Snapshot/db::Tx/; s/$like/${type}_$verb/; s/ \{$/;/" <<<"$declared"
}

say_code() {
  local service=$module/service.cpp handler=$verb
  grep -q "Call<${type}_" "$service" 2>/dev/null || service=$routes
  ! signature | grep -q 'Catalogue&' || handler="with(catalogue, $verb)"
  step "its name: a permission, which is its audit action and its command too, and its function" "$header" "Permission ${type}_[a-z_]+\{"
  block <<<"inline constexpr request::Permission ${type}_$verb{\"$owner.$type.$verb\"};
/// What it does, in a sentence. Asking again changes nothing. Errors: \`not_found\`, …
$(signature)"
  step "what it does: refuses by value, changes by the store, answers; the runner audits. Most like it is $like" "$service" "Call<${like}[,>]"
  if [[ $service == "$routes" ]]; then
    printf '   and how the world gets in: a row of its table\n'
  else
    step "how the world gets in: a row of the table" "$routes" "<$like>"
  fi
  block <<<"      .change<${type}_$verb>(POST, \"$path\", $handler, {.reasons = {…}, .summary = \"…\"})"
}

say_who_may() {
  local manifest
  if [[ $module == products/* ]]; then
    manifest=$(cut -d/ -f1,2 <<<"$module")/product.yaml
    step "who may: the permission, a line in each role, the operation" "$manifest" "name: $owner\.$type\."
    block <<<"  - {name: $owner.$type.$verb, text: …}
    - $owner.$type.$verb        # in each role that has $owner.$type.${like#"${type}_"}, for example
  - {permission: $owner.$type.$verb, method: POST, path: \"$path\"}"
    step "what it promises: who may, by hand a second time, and what is answered" "${manifest%.yaml}.cases" "^may  $owner\.$type\."
    block <<<"may  $owner.$type.$verb  => ROLE…

case \"…\"
ask      project-member  POST  ${path#/v1/}  key once  => 200 STATE
records  NAME  $owner.$type.$verb  => 1"
  else
    step "who may: in each group or role that shall hold it" platform/iam/roles.cpp "\"$owner\.$type\."
    block <<<"\"$owner.$type.$verb\""
    step "who may, by hand a second time" tests/access/by_hand.cases "^$owner\.$type\."
    block <<<"$owner.$type.$verb  ROLE…"
    step "what it promises: a case of the module's own test" "$(find "$module" -name "${module##*/}_test.cpp" -o -name "${module##*/}.cases" | sort | head -n 1)"
  fi
}

new_verb() {
  [[ ${1:-} =~ ^([a-z_]+)\.([a-z_]+)$ ]] || wrong_usage "say of which resource: OWNER.TYPE" "one of: $(resources | tr '\n' ' ')"
  local owner=${BASH_REMATCH[1]} type=${BASH_REMATCH[2]} verb=${2:-} count=0 header module routes like path
  [[ $verb =~ ^[a-z][a-z_]*$ && $# == 2 ]] || wrong_usage "say which verb, as one word of a-z and _" "./dev new verb $1 cancel"
  find_resource
  printf '%s.%s.%s is a verb of %s. What to write:\n' "$owner" "$type" "$verb" "$module"
  say_code
  say_who_may
  cat <<END

Then ./dev contract --bless, and read the difference: the OpenAPI operation and who may stand in it, and \`gpuaas ${type//_/-} ${verb//_/-}\` is
a command once it is built. ./dev test cmd_house plays the promises, and attacks the route like every other.
END
}

new_module() {
  [[ $# == 1 ]] || wrong_usage "say where: platform/NAME or products/PRODUCT/NAME" "./dev new --help"
  ensure_packages build run >/dev/null
  build_lock
  ninja_build release gpuaas-guard
  build_unlock
  "$HOUSE_BIN/gpuaas-guard" new-module "$1"
}

run_verb() {
  local what=${1:-}
  shift || true
  case $what in
    verb) new_verb "$@" ;;
    module) new_module "$@" ;;
    *) wrong_usage "say what: module or verb" "./dev new --help" ;;
  esac
}
