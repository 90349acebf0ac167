# What packaging/build and packaging/test share: where things are, and which tools there must be. Sourced, with standard
# output on standard error.

fail() {
  echo "packaging: $1" >&2
  exit 2
}

# cargo takes a relative CARGO_TARGET_DIR from where it was called.
target=${CARGO_TARGET_DIR:-}
case $target in '' | /* | [A-Za-z]:*) ;; *) target=$PWD/$target ;; esac
cd "${BASH_SOURCE[0]%/*}/../.."
root=$PWD
target=${target:-$root/target}
mkdir -p "$target/packaging"
target=$(cd "$target" && pwd)
export CARGO_TARGET_DIR=$target

# Nothing depends on a temporary folder of the system's.
export TMPDIR=$target/packaging/tmp
mkdir -p "$TMPDIR"

# The same sources make the same archives; 1980 is as early as zip goes.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-315532800}

# rustup and cargo look for their own things below HOME. Where that can't be written, they are told where they are, and
# everybody gets another HOME.
if tried=$(mktemp "${HOME:-/dev/null}/.aemcred-XXXXXX" 2>/dev/null); then
  rm "$tried"
else
  cargo=$(command -v cargo) || fail 'there is no cargo on the PATH'
  cargo_home=${CARGO_HOME:-${cargo%/bin/cargo}}
  if [ -z "${RUSTUP_HOME:-}" ] && [ -d "${cargo_home%/*}/.rustup" ]; then export RUSTUP_HOME=${cargo_home%/*}/.rustup; fi
  export HOME=$target/packaging/home
  export CARGO_HOME=$HOME/.cargo
  mkdir -p "$CARGO_HOME"
  if [ -w "$cargo_home/registry" ]; then
    export CARGO_HOME=$cargo_home
  elif [ -f "$cargo_home/config.toml" ]; then
    cp "$cargo_home/config.toml" "$CARGO_HOME/"
  fi
fi

python=$(command -v python3 || command -v python) || fail 'there is no Python on the PATH'
host=$(rustc -vV | sed -n 's/^host: //p')
version=$(sed -n '/^\[package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' Cargo.toml)

# The names that everybody has for this platform.
case $host in
  x86_64-*) arch=x86_64 npm_cpu=x64 deb_architecture=amd64 oci_architecture=amd64 ;;
  aarch64-*) arch=aarch64 npm_cpu=arm64 deb_architecture=arm64 oci_architecture=arm64 ;;
  *) fail "nothing is published for $host" ;;
esac
program=$target/$host/dist/aemcred
compatibility=
flags=("--remap-path-prefix=$root=." "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo")
case $host in
  *-linux-*)
    system=linux npm_os=linux
    # Static, so that it needs no library. It needs Linux 3.2, which is in the oldest systems of manylinux_2_17, and not in
    # those of manylinux_2_12: pip must refuse it there. Without libc's loader, getrandom is the kernel's own.
    flags+=(-Ctarget-feature=+crt-static -Crelocation-model=pie '--cfg=getrandom_backend="linux_getrandom"')
    compatibility=manylinux_2_17
    ;;
  *-apple-*) system=macos npm_os=darwin ;;
  *-windows-msvc)
    system=windows npm_os=win32 program+=.exe
    flags+=(-Ctarget-feature=+crt-static)
    ;;
  *) fail "nothing is published for $host" ;;
esac

# Runs a command that compiles. All kinds must do it with the same flags, or it would be compiled again.
compile() {
  local all
  all=$(printf '%s\037' "${flags[@]}")
  env -u RUSTFLAGS CARGO_ENCODED_RUSTFLAGS="${all%?}" "$@"
}

# Makes sure that there is a program $1, of Debian's package $2.
need() {
  command -v "$1" >/dev/null && return
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  if command -v apt-get >/dev/null && command -v "${as_root[0]:-true}" >/dev/null; then
    # The lists of packages may be old, or not be there at all.
    ${as_root[@]+"${as_root[@]}"} apt-get install -qq -y --no-install-recommends "$2" >/dev/null 2>&1 ||
      { ${as_root[@]+"${as_root[@]}"} apt-get update -qq && ${as_root[@]+"${as_root[@]}"} apt-get install -qq -y --no-install-recommends "$2"; } >/dev/null 2>&1 ||
      true
  fi
  command -v "$1" >/dev/null || fail "there is no $1: install the package $2"
}

# Makes sure that there is the tool $2 of packaging/requirements/$1.txt, in an environment of their own, and sets `tools`.
tool() {
  local environment=$target/packaging/$1-tools
  tools=$environment/bin
  [ "$system" != windows ] || tools=$environment/Scripts
  if ! cmp -s "packaging/requirements/$1.txt" "$environment/requirements.txt"; then
    rm -rf "$environment"
    "$python" -m venv "$environment"
    "$tools/python" -m pip install --quiet --disable-pip-version-check --requirement "packaging/requirements/$1.txt"
    cp "packaging/requirements/$1.txt" "$environment/requirements.txt"
  fi
  [ -x "$tools/$2" ] || [ -x "$tools/$2.exe" ] || fail "there is no $2 in packaging/requirements/$1.txt"
}

digest() {
  if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi
}

# The version stands in Cargo.toml. Whatever else names it must agree.
check_versions() {
  local wrong
  grep -q -A 1 '^name = "aemcred"$' Cargo.lock && grep -A 1 '^name = "aemcred"$' Cargo.lock | grep -qxF "version = \"$version\"" ||
    fail "Cargo.toml has version $version and Cargo.lock another one"
  wrong=$(grep -rnoE '(aemcred==|aemcred@v?|aemcred_|download/v|rev: v|aemcred[^ ]*:)[0-9]+\.[0-9]+[0-9A-Za-z.+]*' README.md docs packaging/pre-commit |
    grep -vE "(==|v|:|@|_)${version//./\\.}\$") && fail "Cargo.toml has version $version, and another one is in
$wrong"
  if [ "${GITHUB_REF_TYPE:-}" = tag ] && [ "${GITHUB_REF_NAME:-}" != "v$version" ]; then
    fail "Cargo.toml has version $version, and the tag is ${GITHUB_REF_NAME:-}"
  fi
}

# Prints the absolute paths of what was made.
made() {
  printf '%s\n' "$@" >&3
}
