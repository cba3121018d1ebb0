# Packages: what Debian has to provide, installed once and only what is missing.
# The lists are deploy/packages/*.txt: a package a line; `npm unless npm` means: not if the command npm is there already.
# shellcheck shell=bash

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    failed "this needs root, and there is no sudo" "run it as root, or install sudo"
  fi
}

# missing_packages LIST…: one name a line.
missing_packages() {
  local installed name unless command rest
  installed=$(dpkg-query -W -f '${binary:Package} ${db:Status-Status}\n' | sed -n 's/^\([^ :]*\)\(:[^ ]*\)\{0,1\} installed$/\1/p')
  local -A have=()
  while read -r name; do have[$name]=1; done <<<"$installed"
  while read -r name unless command rest; do
    [[ -z $name || $name == \#* ]] && continue
    if [[ $unless == unless ]] && command -v "$command" >/dev/null; then continue; fi
    [[ -n ${have[$name]:-} ]] || printf '%s\n' "$name"
  done < <(for list in "$@"; do cat "deploy/packages/$list.txt"; done)
}

# Services must not start by themselves while packages are installed: policy-rc.d says so for as long as it lasts.
with_services_held_back() {
  local policy=/usr/sbin/policy-rc.d status=0
  if [[ -e $policy ]]; then
    "$@"
    return
  fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
  "$@" || status=$?
  as_root rm -f "$policy"
  return "$status"
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@"
}

# ensure_packages LIST…: installs what is missing and prints the line `packages`.
ensure_packages() {
  local begun missing stamp state log=build/log/packages.log
  begun=$(now_ms)
  stamp=build/stamp/packages-$(printf '%s-' "$@")
  state=$(for list in "$@"; do cat "deploy/packages/$list.txt"; done | sha256sum; stat -c %Y.%s /var/lib/dpkg/status)
  mkdir -p build/stamp build/log
  if [[ -f $stamp && $(<"$stamp") == "$state" ]]; then
    line packages 'nothing to install' $(($(now_ms) - begun))
    return
  fi
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    line packages 'nothing to install' $(($(now_ms) - begun))
  else
    printf '  %-10s installing %d (log: %s)\n' packages "${#missing[@]}" "$log" >&2
    if ! { apt_get update && with_services_held_back apt_get install --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
      tail -n 20 "$log" >&2
      failed "packages could not be installed: ${missing[*]}" "read $log; on Debian 12 with its main archive the names are right"
    fi
    line packages "${#missing[@]} installed" $(($(now_ms) - begun))
  fi
  state=$(for list in "$@"; do cat "deploy/packages/$list.txt"; done | sha256sum; stat -c %Y.%s /var/lib/dpkg/status)
  printf '%s' "$state" >"$stamp"
}
