# What a change has to pass, and the chores around it. `make check` is what CI runs.

GO      ?= go
TOOL    := $(GO) tool -modfile=tools/go.mod
FOLDERS := $(wildcard cmd docs generated internal spec templates)

# FUZZ lists the fuzz targets as FOLDER:TARGET; make fuzz gives FUZZTIME to each.
FUZZ     ?= $(shell grep -ro --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' $(FOLDERS) | sed 's|/[^/]*:func |:|' | sort)
FUZZTIME ?= 30m
SOAKTIME ?= 10m
BENCH    ?= .

# GOLDEN lists the packages whose tests know -update.
GOLDEN ?= $(shell grep -rl --include='*_test.go' 'flag.Bool."update"' $(FOLDERS) | xargs -r -n1 dirname | sort -u | sed 's|^|./|')

# NESTED lists the modules inside of this one.
NESTED := $(shell find $(FOLDERS) -name go.mod -not -path '*/testdata/*' | sort | xargs -r -n1 dirname)

.PHONY: check format vet staticcheck race fresh nested test generate bench microbench fuzz soak update

check: format vet staticcheck test race fresh nested

format:
	@echo '== format'
	@unformatted=$$($(TOOL) gofumpt -l $(FOLDERS)) && test -z "$$unformatted" || { echo "gofumpt would change: $$unformatted"; exit 1; }

vet:
	@echo '== vet'
	@$(GO) vet ./...

staticcheck:
	@echo '== staticcheck'
	@$(TOOL) staticcheck ./...

# race is short: the tests that build and run what is generated do so with the race detector anyway.
race:
	@echo '== race'
	@$(GO) test -race -short ./...

# fresh fails where a committed output is not what its spec gives.
fresh:
	@echo '== fresh'
	@$(GO) run ./cmd/asyncgen diff ./...

# nested does for the modules inside of this one what the others above do for this one. generated/notes runs on PostgreSQL
# too where ASYNCGEN_PG is the postgres:// URL of a database.
nested:
	@set -e; asyncgen=$$(mktemp -d)/asyncgen; trap 'rm -r "$${asyncgen%/*}"' EXIT; $(GO) build -o $$asyncgen ./cmd/asyncgen; \
	for module in $(NESTED); do \
		echo "== $$module"; \
		(cd $$module && $$asyncgen diff ./... && $(GO) vet ./... && $(GO) test -race -short ./...); \
	done

test:
	@echo '== test'
	$(GO) test ./...

generate:
	@set -e; asyncgen=$$(mktemp -d)/asyncgen; trap 'rm -r "$${asyncgen%/*}"' EXIT; $(GO) build -o $$asyncgen ./cmd/asyncgen; \
	for module in . $(NESTED); do (cd $$module && $$asyncgen generate ./...); done

# bench compares with other libraries and with code by hand, and writes docs/performance.md and its chart. Its module needs
# the Go of its go.mod, and its dependencies.
bench:
	$(GO) run ./cmd/asyncgen diff internal/bench
	cd internal/bench && $(GO) run . -docs ../../docs -rounds 11

microbench:
	$(GO) test -run='^$$' -bench='$(BENCH)' -benchmem ./...

fuzz:
	@set -e; for target in $(FUZZ); do \
		echo "== $$target for $(FUZZTIME)"; \
		$(GO) test -run='^$$' -fuzz="^$${target#*:}\$$" -fuzztime=$(FUZZTIME) ./$${target%:*}; \
	done

# soak runs random topologies for SOAKTIME; a failure prints the -soak.seed that replays it.
soak:
	$(GO) test ./internal/soak -run='^TestSoak$$' -v -timeout=0 -soak=$(SOAKTIME)

# update rewrites the golden files: read their diff as the change's meaning.
update:
	$(GO) test $(GOLDEN) -update
