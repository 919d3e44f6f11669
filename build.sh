#!/usr/bin/env bash
# Builds the map's page (web/, by npm), bin/vitrine with the page in it, and bin/cni/vitrine-cni (NativeAOT; about three minutes on two
# cores, nothing when nothing changed).
# VITRINE_JIT=1 builds the vitrine command without AOT in a few seconds, for development.
set -euo pipefail
cd "$(dirname "$0")"

say() { printf '\033[1m%s\033[0m\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

command -v dotnet >/dev/null || die "the .NET 10 SDK is not installed (dotnet is not in PATH); see https://dot.net"
dotnet --list-sdks | grep -q '^10\.' || die "the .NET 10 SDK is needed; found: $(dotnet --list-sdks | tr '\n' ' ')"
for tool in clang ld.lld objcopy; do
  command -v "$tool" >/dev/null || die "$tool is not installed: apt-get install clang lld binutils zlib1g-dev"
done

for tool in node npm; do
  command -v "$tool" >/dev/null || die "$tool is not installed: apt-get install nodejs npm"
done
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || die "the map's page is built by Node.js 18 or later; found: $(node --version)"

case "$(uname -m)" in
  x86_64) rid=linux-x64 ;;
  aarch64) rid=linux-arm64 ;;
  *) die "Vitrine is built for x86_64 and aarch64, this is $(uname -m)" ;;
esac
jit=${VITRINE_JIT:-0}

# What the outputs were made from; an unchanged tree is not published again.
stamp() { { echo "$rid jit=$jit"; cat global.json Directory.*.props; find "$@" \( -name obj -o -name bin \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum | cut -d' ' -f1; }

publish() { # NAME PROJECT OUTPUT ARGS…
  local name=$1 project=$2 output=$3 want; shift 3
  want=$(stamp src web/dist)
  [ "$name" = vitrine-cni ] && want=$(stamp src/Vitrine.Cni src/Vitrine.Linux)
  if [ -x "$output/$name" ] && [ "$(cat "bin/.$name.stamp" 2>/dev/null)" = "$want" ]; then
    say "$name: up to date"
    return
  fi
  say "$name: publishing ($rid)"
  rm -rf "$output.new"
  dotnet publish "$project" -c Release -r "$rid" -o "$output.new" --nologo -v quiet "$@" || die "$name does not build"
  mkdir -p "$output"
  # A running executable keeps its old file: it is unlinked, not overwritten.
  find "$output" -maxdepth 1 -type f ! -name '.*' -delete
  for file in "$output.new"/*; do
    case "$file" in *.pdb|*.dbg|*.xml) continue ;; esac
    if [ -d "$file" ]; then rm -rf "$output/$(basename "$file")"; fi
    mv -fT "$file" "$output/$(basename "$file")"
  done
  rm -rf "$output.new"
  echo "$want" >"bin/.$name.stamp"
}

page() { # what web/ and the examples it shows come to, in web/dist
  local want
  want=$({ node --version; find web examples \( -name node_modules -o -name dist \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum | cut -d' ' -f1)
  if [ -e web/dist/index.html ] && [ "$(cat bin/.page.stamp 2>/dev/null)" = "$want" ]; then
    say "page: up to date"
    return
  fi
  say "page: building"
  (cd web \
    && { cmp -s package-lock.json node_modules/.lock-of-these || { npm ci --silent --no-audit --no-fund --prefer-offline && cp package-lock.json node_modules/.lock-of-these; }; } \
    && npm run --silent build -- --logLevel warn) || die "the map's page does not build; npm needs its registry, or what it has of it already"
  echo "$want" >bin/.page.stamp
}

mkdir -p bin
page
publish vitrine-cni src/Vitrine.Cni bin/cni
ln -sf vitrine-cni bin/cni/loopback
if [ "$jit" = 1 ]; then
  publish vitrine src/Vitrine bin -p:PublishAot=false --self-contained false
else
  publish vitrine src/Vitrine bin
fi
