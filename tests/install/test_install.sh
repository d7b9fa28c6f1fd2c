#!/bin/sh
# Installs into a scratch prefix, then builds and runs a consumer through pkg-config and through the CMake package.
# Usage: test_install.sh SOURCE_ROOT BUILD_DIR
set -eu
source=$1 build=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/prefix
cmake --install "$build" --prefix "$prefix" >"$scratch/log" || { cat "$scratch/log"; exit 1; }

pc=$(find "$prefix" -name ingot.pc)
sed -i "s|^prefix=.*|prefix=$prefix|" "$pc"
export PKG_CONFIG_PATH="${pc%/*}"
# shellcheck disable=SC2046 # flags are words
${CC:-cc} -std=c11 -o "$scratch/by-pkg-config" "$source/tests/install/consumer.c" \
    $(pkg-config --static --cflags --libs ingot) ${INGOT_TEST_CFLAGS:-}
"$scratch/by-pkg-config" "$prefix/share/ingot/models"

mkdir "$scratch/project"
cp "$source/tests/install/consumer.c" "$scratch/project/"
cat >"$scratch/project/CMakeLists.txt" <<CMAKE
cmake_minimum_required(VERSION 3.22)
project(consumer LANGUAGES C)
find_package(ingot REQUIRED)
add_executable(consumer consumer.c)
target_link_libraries(consumer PRIVATE ingot::ingot)
CMAKE
cmake -S "$scratch/project" -B "$scratch/project/build" -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_C_FLAGS="${INGOT_TEST_CFLAGS:-}" >"$scratch/log" 2>&1 &&
    cmake --build "$scratch/project/build" >>"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
"$scratch/project/build/consumer" "$prefix/share/ingot/models"

"$prefix/bin/ingot" summary sarsn34 --format json | grep -q '"params":.*23810118'
echo "installed library, headers, packages, command and zoo work from $prefix"
