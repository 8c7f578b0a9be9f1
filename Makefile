# SPDX-License-Identifier: GPL-3.0-or-later
# Builds ./vdcsim and runs everything about it; `make help` tells the targets.
CC = gcc
CLANG = clang
PREFIX = /usr/local
comma = ,
# Every set of flags that makes other objects has a folder of its own.
BUILD = build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))
OPT = -O2
WARN = -Wall -Wextra -Wshadow -Wconversion -Wdouble-promotion -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wcast-qual -Wno-psabi $(if $(WERROR),-Werror)
PACKAGES = gsl yaml-0.1 hdf5 libarchive libxxhash sleef
# No contraction into FMA and no -ffast-math: results must have the same bits everywhere.
FIXED = -std=c11 -D_GNU_SOURCE -I. -ffp-contract=off -fno-math-errno -MMD -MP
# The compiler must not fold exp(2.0) and the like with its own libm either: sim/transcend.h has the only one.
NOFOLD = $(patsubst %,-fno-builtin-%,exp exp2 expm1 log log2 log10 log1p pow sin cos tan asin acos atan atan2 \
	sinh cosh tanh cbrt hypot erf erfc tgamma lgamma)
# Which commit: into provenance only, so it is the business of one file.
VERSION = $(shell git describe --always --dirty 2>/dev/null || echo unknown)
SANITIZE_FLAGS = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
ALL_CFLAGS = $(OPT) -g $(WARN) $(FIXED) $(NOFOLD) $(PKG_CFLAGS) $(SANITIZE_FLAGS) $(CFLAGS)
ALL_LDFLAGS = $(SANITIZE_FLAGS) $(LDFLAGS)
ALL_LIBS = $(PKG_LIBS) -ldl -lm

LIB_SOURCES = $(wildcard sim/*.c models/*.c models/*/*.c policies/*.c policies/*/*.c analysis/*.c scenarios/*.c) \
	$(filter-out cli/main.c,$(wildcard cli/*.c))
TEST_SOURCES = $(filter-out tests/fuzz/%,$(wildcard tests/*.c tests/*/*.c))
BENCH_SOURCES = $(wildcard bench/*.c)
FUZZ_SOURCES = $(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c))
OBJECTS = $(BUILD)/objects
LIB_OBJECTS = $(LIB_SOURCES:%.c=$(OBJECTS)/%.o)
TEST_OBJECTS = $(TEST_SOURCES:%.c=$(OBJECTS)/%.o)
BENCH_PROGRAMS = $(BENCH_SOURCES:%.c=$(BUILD)/%)
REPLAY_PROGRAMS = $(FUZZ_SOURCES:tests/fuzz/%.c=$(BUILD)/replay/%)
FUZZ_SECONDS = 20

# One short line a step; V=1 shows the commands.
say = $(if $(V),,@printf '  %-4s %s\n' $1 $2;)

all: vdcsim ## build ./vdcsim

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo '  SANITIZE=address,undefined   with any of them: the same under sanitizers, in a folder of its own'
	@echo '  V=1  WERROR=1  OPT=-O0  CC=clang  BUILD=folder  PREFIX=/usr/local  FUZZ_SECONDS=20'

# What the compiler and the linker need to know of the libraries. Asked once per build folder, after setup.sh has
# seen to it that they are there; make starts anew by itself when it has written this file. HDF5 is linked from its
# archive where there is one: the shared library pulls in twenty more, which cost a short run 6 ms and 6 MB.
ifneq ($(filter-out help clean format,$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/packages.mk
endif
$(BUILD)/packages.mk: setup.sh
	@./setup.sh
	@mkdir -p $(@D)
	@hdf5=$$(pkg-config --libs-only-L hdf5 | sed 's/^ *-L//; s/ .*//'); hdf5=$${hdf5:-/usr/lib}; \
		if [ -f "$$hdf5/libhdf5.a" ]; then hdf5="$$hdf5/libhdf5_hl.a $$hdf5/libhdf5.a -lsz -lz"; else hdf5="$$(pkg-config --libs hdf5) -lhdf5_hl"; fi; \
		cflags=$$(pkg-config --cflags $(PACKAGES)) && libs=$$(pkg-config --libs $(filter-out hdf5,$(PACKAGES))) && \
		printf 'PKG_CFLAGS = %s\nPKG_LIBS = %s\n' "$$cflags" "$$libs $$hdf5" >$@

# A hard link, made each time: the folder that was built last is the one that is meant.
vdcsim: $(BUILD)/vdcsim
	@ln -f $< $@ 2>/dev/null || cp $< $@

$(BUILD)/vdcsim: $(OBJECTS)/cli/main.o $(BUILD)/libvdcsim.a
	$(call say,link,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/tests: $(TEST_OBJECTS) $(BUILD)/libvdcsim.a
	@[ ! -d $@ ] || rm -r $@
	$(call say,link,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS) -lcunit

$(BUILD)/bench/%: $(OBJECTS)/bench/%.o $(BUILD)/libvdcsim.a
	@mkdir -p $(@D)
	$(call say,link,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/bench/flow: $(OBJECTS)/tests/sim/flow_oracle.o

$(BUILD)/replay/%: $(OBJECTS)/tests/fuzz/%.o $(OBJECTS)/tests/fuzz/replay.o $(BUILD)/libvdcsim.a
	@mkdir -p $(@D)
	$(call say,link,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

# Appended (q), not replaced (r): files of one name in two folders are two members.
$(BUILD)/libvdcsim.a: $(LIB_OBJECTS)
	@rm -f $@
	$(call say,ar,$@)ar qcs $@ $^

$(OBJECTS)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,cc,$<)$(CC) $(ALL_CFLAGS) -c $< -o $@

$(OBJECTS)/analysis/summary.o: CFLAGS += -DVDCSIM_VERSION='"0.1.0-$(VERSION)"'
$(OBJECTS)/analysis/summary.o: $(wildcard .git/logs/HEAD)

# .incbin, which -MMD does not see.
$(OBJECTS)/analysis/report_assets.o: $(wildcard analysis/assets/*)
$(OBJECTS)/models/hypervisor/programs.o: $(wildcard models/hypervisor/guests/*)
$(OBJECTS)/cli/new.o: $(wildcard cli/assets/*) policies/policy.h

-include $(LIB_OBJECTS:.o=.d) $(TEST_OBJECTS:.o=.d) $(OBJECTS)/cli/main.d
-include $(patsubst %.c,$(OBJECTS)/%.d,$(BENCH_SOURCES) $(wildcard tests/fuzz/*.c))

demo: vdcsim ## a day of 800 hosts and 1052 VMs, with its plots, in demo/
	@mkdir -p demo
	./vdcsim run scenarios/library/planetlab_day.yaml -o demo/day.h5
	./vdcsim plot demo/day.h5 --format png -o demo
	./vdcsim plot demo/day.h5 --format svg -o demo

test: $(BUILD)/vdcsim $(BUILD)/tests $(REPLAY_PROGRAMS) ## every test, at most 5 minutes on two cores
	@BUILD=$(BUILD) CC=$(CC) tests/run.sh

test-long: $(BUILD)/vdcsim $(BUILD)/tests $(BENCH_PROGRAMS) ## the rest: sanitizers, valgrind, other compilers, the large scenario, a bare machine
	@BUILD=$(BUILD) tests/long.sh

tidy: $(BUILD)/packages.mk ## sizes, style, static checks: 'tidy: 0 findings' or exit 1
	@./setup.sh dev
	@BUILD=$(BUILD) tests/tidy.sh

format: ## what .clang-format says about the files named in FILES="..."
	@clang-format --style=file -i $(FILES)

bless: $(BUILD)/vdcsim ## rewrite tests/golden/, showing old beside new
	@BUILD=$(BUILD) tests/golden.sh --bless

bench: $(BENCH_PROGRAMS) $(BUILD)/vdcsim ## all benches into bench/results.jsonl
	@BUILD=$(BUILD) bench/bench.sh

bench-quick: $(BENCH_PROGRAMS) $(BUILD)/vdcsim ## the short ones, under 50 s
	@BUILD=$(BUILD) bench/bench.sh --quick

measure-fairshare: ## how this machine's kernel shares its cores, into build/measure/: 11 minutes, as root, calm
	measure/fairshare/run $(BUILD)/measure/fairshare.csv

measure-overhead: ## what operations and mixes cost natively, under KVM and under QEMU, into build/measure/: 8 minutes, as root, calm
	@mkdir -p $(BUILD)/measure
	measure/overhead/run $(BUILD)/measure/overhead.csv --rounds 20 --build $(BUILD)/measure/overhead

measure-migration: ## migrates a real guest between two QEMU processes, 200 times: 2 hours, as root, calm; goes on if ended
	measure/migration/run $(BUILD)/measure/migration.csv --runs 200

# The same harnesses that `make test` replays the corpus through, here driven by libFuzzer. New inputs that reach new
# code land in build/fuzz/; what crashes goes to tests/fuzz/corpus/ by hand, with its fix.
fuzz: ## FUZZ_SECONDS of libFuzzer for each reader
	@set -e; $(MAKE) CC=$(CLANG) BUILD=build/fuzz SANITIZE=fuzzer-no-link,address,undefined fuzz-programs; \
	for name in $(patsubst tests/fuzz/%.c,%,$(FUZZ_SOURCES)); do \
		mkdir -p build/fuzz/new/$$name tests/fuzz/corpus/$$name; \
		build/fuzz/fuzz_$$name -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=2048 build/fuzz/new/$$name \
			tests/fuzz/corpus/$$name $$([ $$name = assemble ] && echo models/hypervisor/guests); \
	done
fuzz-programs: $(FUZZ_SOURCES:tests/fuzz/%.c=$(BUILD)/fuzz_%)
$(BUILD)/fuzz_%: $(OBJECTS)/tests/fuzz/%.o $(BUILD)/libvdcsim.a
	$(CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(ALL_LIBS)

cover: ## line coverage of the tests, a line a folder and a page in build/cover/html
	@$(MAKE) BUILD=build/cover OPT=-O0 CFLAGS=--coverage LDFLAGS=--coverage build/cover/tests
	@find build/cover -name '*.gcda' -delete
	@build/cover/tests >/dev/null
	@tests/cover.sh

docs: vdcsim ## the reference pages in docs/ that the program and the source write, and build/man
	@mkdir -p docs
	./vdcsim list keys --markdown >docs/keys.md
	@$(MAKE) -s tidy-tools
	BUILD=$(BUILD) tests/stats.sh >docs/structure.md
	@$(MAKE) -s man
man: $(BUILD)/vdcsim
	@rm -rf $(BUILD)/man && mkdir -p $(BUILD)/man
	@for page in $$($< --man); do $< --man $$page >$(BUILD)/man/$$page || exit; done
tidy-tools:
	@./setup.sh dev

plots: vdcsim ## the plots that the README shows, into docs/
	./vdcsim run scenarios/library/planetlab_day.yaml -o build/planetlab.h5
	./vdcsim plot build/planetlab.h5 --format svg -o build/plots
	@mkdir -p docs; for f in build/plots/*.svg; do cp "$$f" "docs/planetlab_$${f##*/}"; done

# Its numbers come from runs made now and from the last `make bench`; what is built lies in build/paper.
paper: $(BUILD)/vdcsim $(BUILD)/tests ## paper/vdcsim.pdf, every number of it from results
	@./setup.sh paper
	@BUILD=$(BUILD) paper/build.sh

install: $(BUILD)/vdcsim man ## into PREFIX (and DESTDIR)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include/vdcsim $(DESTDIR)$(PREFIX)/share/vdcsim \
		$(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		$(DESTDIR)$(PREFIX)/share/doc/vdcsim/docs $(DESTDIR)$(PREFIX)/share/doc/vdcsim/analysis
	install -m 755 $(BUILD)/vdcsim $(DESTDIR)$(PREFIX)/bin
	install -m 644 policies/policy.h policies/history.h policies/speed.h policies/table.h $(DESTDIR)$(PREFIX)/include/vdcsim
	cp -R scenarios/library scenarios/catalog scenarios/isa $(DESTDIR)$(PREFIX)/share/vdcsim
	for section in 1 5; do \
		install -m 644 $(BUILD)/man/*.$$section $(DESTDIR)$(PREFIX)/share/man/man$$section || exit; done
	install -m 644 completions/vdcsim.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/vdcsim
	install -m 644 README.md LICENSE CITATION.cff $(DESTDIR)$(PREFIX)/share/doc/vdcsim
	install -m 644 docs/*.md docs/*.svg $(DESTDIR)$(PREFIX)/share/doc/vdcsim/docs
	install -m 644 analysis/results.md $(DESTDIR)$(PREFIX)/share/doc/vdcsim/analysis

clean: ## remove what was built
	rm -rf build vdcsim demo paper/vdcsim.pdf

.PHONY: all help vdcsim demo test test-long tidy format bless bench bench-quick fuzz fuzz-programs cover docs man tidy-tools \
	measure-fairshare measure-migration measure-overhead plots paper install clean
.SECONDARY:
