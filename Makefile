# Everything a developer does here. "make" alone explains the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Exact versions of the tools are in tools.mod, apart from go.mod, so that what
# only developers run is no part of the program.
TOOL := go tool -modfile=tools.mod

# The race detector needs cgo; -count=1 takes no result from an earlier run.
TEST := CGO_ENABLED=1 go test -race -count=1 -timeout=15m

.PHONY: help test tools lint fmt fuzz corpora bench faults parts pictures demo build

help: ## Explain the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-8s %s\n", $$1, $$2 }'

test: tools lint ## Install what the tests need and run everything, as CI does
	ALIGNBOT_TEST_REQUIRE=redis,browser $(TEST) ./...

lint: ## Check formatting, go.mod, go vet and staticcheck
	@unformatted="$$(gofmt -l .)"; if [ -n "$$unformatted" ]; then echo "Not formatted (make fmt repairs it):"; echo "$$unformatted"; exit 1; fi
	go mod tidy -diff
	go vet ./...
	$(TOOL) staticcheck ./...

fmt: ## Format all Go files
	gofmt -w .

tools: ## Install redis-server, Chromium and fonts for the tests (Debian); elsewhere say what to install
	@scripts/tools.sh

fuzz: ## Search for new inputs with every fuzz target, FUZZTIME each (default 5m; TARGETS="Slash Typed" for some); their seeds run with every test
	@scripts/fuzz.sh $${FUZZTIME:-5m} $(TARGETS)

corpora: ## Take every hostile text through every field of every form (some minutes; a part of them with every test)
	ALIGNBOT_TEST_CORPORA=all go test -count=1 -v -run=HostileText ./commands

bench: ## Measure what people do, beside a floor, and print one table (some minutes; IDEAS=1000,100000,1000000 EACH=2s RESULTS=file)
	go test -count=1 -run='^$$' -bench=Interactions -benchtime=1x -timeout=90m ./proof -ideas=$${IDEAS:-1000,100000} -each=$${EACH:-1s} -results=$(abspath $(RESULTS))

faults: ## Inject every fault of the matrix, FAULTS of each (default 200), and write the table of docs/reliability.md (about ten minutes; SEED=1 replays)
	ALIGNBOT_TEST_REQUIRE=redis go test -count=1 -v -run=Faults -timeout=3h -parallel=8 ./proof -faults=$${FAULTS:-200} -seed=$${SEED:-0} -fault-table=../docs/reliability.md

parts: ## Run the benchmarks of single parts
	go test -run='^$$' -bench=. -benchmem $$(go list ./... | grep -v /proof)

pictures: ## Draw the contact sheet, docs/pictures.md, and the golden pictures anew
	go test -count=1 ./drawing -update

demo: ## Try alignbot in a browser, without Slack and without Redis
	go run ./cmd/alignbot demo

build: ## Build the program as bin/alignbot
	CGO_ENABLED=0 go build -trimpath -o bin/alignbot ./cmd/alignbot
