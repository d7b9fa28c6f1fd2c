#!/bin/sh
# Builds with one sanitizer after the other and runs the tests that do not need minutes of reference arithmetic.
set -eu
jobs=${1:-2}
for preset in asan ubsan; do
    cmake --preset $preset >/dev/null
    cmake --build --preset $preset -j "$jobs"
    (cd build/$preset && ctest --output-on-failure -j "$jobs" -LE slow)
done
