#!/usr/bin/env bash
# Installs the Debian packages Vitrine runs on, builds with or is tested against; sourced by demo.sh and test.sh.
# install_packages NAME… installs what is missing and starts nothing.

say() { printf '\033[1m%s\033[0m\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || die "this needs root: it makes network namespaces, mounts and links; run it with sudo"
command -v apt-get >/dev/null || die "this script installs packages with apt-get, which this machine lacks; see README.md for the list"
command -v dotnet >/dev/null || die "the .NET 10 SDK is not installed (dotnet is not in PATH); see https://dot.net"

RUN_PACKAGES=(containerd runc crun util-linux iproute2 procps)
BUILD_PACKAGES=(clang lld binutils zlib1g-dev nodejs npm)

install_packages() {
  local missing=() package
  for package in "$@"; do
    # Another containerd or runc (Docker's packages bring theirs) or Node.js serves as well as Debian's.
    case $package in containerd|runc) command -v "$package" >/dev/null && continue ;; nodejs|npm) command -v npm >/dev/null && continue ;; esac
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  # Image recipes ask apt too: its lists must be there even when nothing is missing.
  if [ ${#missing[@]} -gt 0 ] || [[ $(apt-cache policy nginx 2>/dev/null) != *"Candidate: "[0-9]* ]]; then
    say "apt-get update"
    apt-get update -qq || die "apt-get update failed; check this machine's package sources"
  fi
  if [ ${#missing[@]} -gt 0 ]; then
    say "apt-get install ${missing[*]}"
    # The services these packages bring are not wanted: Vitrine starts its own, private ones.
    mkdir -p /run/vitrine-install
    printf '#!/bin/sh\nexit 101\n' >/run/vitrine-install/policy-rc.d
    chmod +x /run/vitrine-install/policy-rc.d
    local policy=/usr/sbin/policy-rc.d ours=
    if [ ! -e $policy ]; then cp /run/vitrine-install/policy-rc.d $policy; ours=1; fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/run/vitrine-install/apt.log 2>&1 \
      || { tail -5 /run/vitrine-install/apt.log >&2; [ -z "$ours" ] || rm -f $policy; die "apt-get could not install ${missing[*]}"; }
    [ -z "$ours" ] || rm -f $policy
    rm -rf /run/vitrine-install
  fi
}

install_kubectl() {
  command -v kubectl >/dev/null || install_packages kubernetes-client
}
