# Wraps CMake: `make bench` and `make test` work on a fresh Debian or Ubuntu machine.
# INGOT_INSTALL=no says no to installing packages; see scripts/install-deps.sh.
BUILD ?= build
JOBS ?= $(shell nproc)

.PHONY: build bench test test-full golden-plans check install fuzz clean

$(BUILD)/CMakeCache.txt:
	cmake -S . -B $(BUILD) -DCMAKE_BUILD_TYPE=Release

build: $(BUILD)/CMakeCache.txt
	cmake --build $(BUILD) -j $(JOBS)

bench:
	scripts/install-deps.sh build
	cmake -S . -B $(BUILD) -DCMAKE_BUILD_TYPE=Release -DINGOT_TESTS=OFF
	cmake --build $(BUILD) -j $(JOBS) --target ingot_cli
	$(BUILD)/cli/ingot bench

# test-full adds the networks at the papers' input sizes and a verification of the whole zoo.
test test-full:
	scripts/install-deps.sh test
	cmake -S . -B $(BUILD) -DCMAKE_BUILD_TYPE=Release -DINGOT_TESTS=ON
	cmake --build $(BUILD) -j $(JOBS)
	cd $(BUILD) && ctest --output-on-failure -j $(JOBS) $(if $(filter test-full,$@),-C full)

# Writes tests/plans anew: look at what changed before it is committed.
golden-plans: build
	INGOT=$(BUILD)/cli/ingot python3 tests/tools/golden_plans.py --write

# Everything `make test` runs, again under AddressSanitizer and UndefinedBehaviorSanitizer.
check: test
	scripts/sanitize.sh $(JOBS)

# Each libFuzzer target for FUZZ_SECONDS.
fuzz:
	scripts/fuzz.sh $(or $(FUZZ_SECONDS),60)

install: build
	cmake --install $(BUILD)

clean:
	rm -rf $(BUILD)
