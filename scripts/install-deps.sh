#!/bin/sh
# Installs the Debian/Ubuntu packages ingot needs, after saying which and why. Does nothing when all are there.
#
#   scripts/install-deps.sh [build|test]
#   INGOT_INSTALL=no   never install: list what is missing and fail
#   INGOT_INSTALL=ask  ask first (the default on a terminal)
#   INGOT_INSTALL=yes  install without asking (the default without a terminal)
set -eu

purpose=${1:-build}
packages='
cmake                the build system
make                 the build tool behind it
gcc                  the C compiler
libc6-dev            the C library headers
pkg-config           finds the libraries below
ocl-icd-libopencl1   the OpenCL loader
ocl-icd-opencl-dev   its headers
pocl-opencl-icd      OpenCL on the CPU, so that everything runs without a GPU
libclblast-dev       CLBlast, matrix products on OpenCL
libclfft-dev         clFFT, Fourier transforms on OpenCL
libyaml-dev          reads model descriptions
libcjson-dev         reads and writes JSON
libstb-dev           decodes images
libpng-dev           writes PNG'
[ "$purpose" = build ] || packages="$packages
libcmocka-dev        the unit test framework
oclgrind             checks kernels for races and bad memory accesses
clang                second compiler, sanitizers and fuzzing
libclang-rt-dev      their run-time libraries
clang-tidy           static analysis
python3              end-to-end tests of the command"

missing=
while read -r name why; do
    [ -n "$name" ] || continue
    if ! dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed'; then
        # A tool that is there already, from any source, needs no package.
        case $name in
        cmake | make | gcc | clang | clang-tidy | python3 | oclgrind) command -v "$name" >/dev/null && continue ;;
        pkg-config) command -v pkg-config >/dev/null && continue ;;
        esac
        missing="$missing $name"
        printf '  missing: %-20s %s\n' "$name" "$why"
    fi
done <<LIST
$packages
LIST
[ -n "$missing" ] || exit 0

mode=${INGOT_INSTALL:-}
[ -n "$mode" ] || { [ -t 0 ] && mode=ask || mode=yes; }
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
echo "These come from your distribution: $sudo apt-get install$missing"
if [ "$mode" = ask ]; then
    printf 'Install them now? [y/N] '
    read -r answer
    case $answer in y* | Y*) mode=yes ;; *) mode=no ;; esac
fi
if [ "$mode" != yes ]; then
    echo 'Nothing was installed. Install them yourself, or run again with INGOT_INSTALL=yes.' >&2
    exit 1
fi
$sudo apt-get update -q
known=
for name in $missing; do
    # A release without a package (libclang-rt-dev is part of clang on older ones) does without it; CMake and the tests
    # say what they miss.
    if apt-cache show "$name" >/dev/null 2>&1; then known="$known $name"; else echo "  not in this release: $name"; fi
done
[ -n "$known" ] || exit 0
# shellcheck disable=SC2086 # a list of words on purpose
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $known
