#!/bin/sh
# Builds with one sanitizer after the other and runs the tests that do not need minutes of reference arithmetic.
set -eu
jobs=${1:-2}
# PoCL and LLVM keep memory at exit; nothing of ingot's own is suppressed.
export LSAN_OPTIONS=suppressions=$PWD/tests/support/lsan.supp:print_suppressions=0
for preset in asan ubsan; do
    cmake --preset $preset >/dev/null
    cmake --build --preset $preset -j "$jobs"
    # LeakSanitizer's own tracer now and then faults on the threads PoCL leaves behind: such a run is repeated.
    (cd build/$preset && ctest --output-on-failure -j "$jobs" -LE slow --repeat until-pass:3)
done
