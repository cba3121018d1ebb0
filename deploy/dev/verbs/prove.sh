#!/usr/bin/env bash
# runs the proofs behind each claim
#
# ./dev prove [CLAIM…]
# ./dev prove --pages
#
#   CLAIM               an id of doc/design/claims.md; `*` is any text ('money.*'). Without one, all of them
#   --pages             writes the pages that carry the claims, and runs nothing
#
# What shows a claim stands in guard/claims.yaml: tests, scripts, rules, facts of the contract. Everything is built first,
# and a real PostgreSQL 15 is started unless HOUSE_TEST_POSTGRES names one. Each program runs once, with the tests of all
# claims that it serves. It prints claim, proof, result and time, and writes build/proofs.json, with the digest of the tree
# as it lies there; logs are in build/proofs/. Exit: 0 each proof held, 1 one did not, 2 it could not be told.
#
# example: ./dev prove iam.tree 'money.*'
# shellcheck shell=bash

# tree_digest: of the work tree as git would commit it, whatever was added. Its objects go where nobody looks.
tree_digest() {
  local scratch objects
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/house-tree-XXXXXX")
  objects=$(realpath "$(git rev-parse --git-path objects)")
  mkdir "$scratch/objects"
  cp "$(git rev-parse --git-path index)" "$scratch/index"
  GIT_INDEX_FILE=$scratch/index GIT_OBJECT_DIRECTORY=$scratch/objects GIT_ALTERNATE_OBJECT_DIRECTORIES=$objects \
    sh -c 'git add --all && git write-tree'
  rm -rf "$scratch"
}

# of_bench FUNCTION: machine and commit, in the words in which benches record them.
of_bench() { PYTHONPATH=bench/support python3 -c "import table; print(table.$1())"; }

engines() {
  printf 'SQLite %s' "$(pkg-config --modversion sqlite3)"
  [[ -z ${HOUSE_TEST_POSTGRES:-} ]] || printf ', PostgreSQL %s' "$(psql "$HOUSE_TEST_POSTGRES" -Atc 'show server_version')"
}

run_verb() {
  local claims=() argument tree status=0
  for argument in "$@"; do
    case $argument in
      --pages)
        build_lock
        ninja_build release gpuaas-guard
        build_unlock
        "$HOUSE_BIN/gpuaas-guard" pages
        return
        ;;
      -*) wrong_usage "unknown argument '$argument'" "./dev prove --help" ;;
      *) claims+=("$argument") ;;
    esac
  done
  ensure_packages build run test
  build_all
  trap stop_postgres EXIT
  trap 'exit 130' INT TERM
  start_postgres
  export HOUSE_SCALE=${HOUSE_SCALE:-short} HOUSE_KEEP=$HOUSE_ROOT/build/proofs
  tree=$(tree_digest)
  rm -rf build/proofs build/proofs.json
  "$HOUSE_BIN/gpuaas-guard" prove --commit "$(of_bench commit)" --fact "tree=$tree" --fact "commit=$(of_bench commit)" \
    --fact "machine=$(of_bench machine)" --fact "engine=$(engines)" "${claims[@]}" || status=$?
  if [[ $(tree_digest) != "$tree" ]]; then
    rm -f build/proofs.json
    failed "the tree changed while its proofs ran; they are of no tree, and build/proofs.json is taken away" "run it again"
  fi
  return "$status"
}
