#!/bin/sh
# Runs every libFuzzer target for the given number of seconds; a finding leaves its input in build/fuzz/findings.
set -eu
seconds=${1:-60}
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz -j "$(nproc)" --target fuzzers
mkdir -p build/fuzz/findings
for target in build/fuzz/tests/fuzz_*; do
    [ -x "$target" ] && [ -f "$target" ] || continue
    name=$(basename "$target")
    corpus=build/fuzz/corpus/$name
    mkdir -p "$corpus"
    seeds=tests/fuzz/seeds/$name
    [ -d "$seeds" ] || seeds=
    echo "== $name, $seconds s"
    "$target" -max_total_time="$seconds" -rss_limit_mb=4096 -timeout=20 -print_final_stats=1 \
        -artifact_prefix=build/fuzz/findings/"$name"- "$corpus" $seeds 2>&1 | tail -n 12
done

# The pipe above hides a fuzzer's exit status; what it leaves behind does not lie.
if [ -n "$(ls -A build/fuzz/findings)" ]; then
    echo "findings:" && ls build/fuzz/findings
    exit 1
fi
echo "no finding"
