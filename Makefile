# Only Go is needed for run and test. check fetches the linter, which is built
# from source once; dist builds the binaries that users get.
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LINTER  := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
TOOLS   := $(CURDIR)/bin
DIST    := windows/amd64 windows/arm64 darwin/amd64 darwin/arm64 linux/amd64 linux/arm64

.PHONY: run test check fmt lint fuzz bench benchmarks build dist clean

run: ## the main job on the example
	$(GO) run ./cmd/kortakoer calc testdata/example/operationer.xlsx --force

test: ## all tests
	$(GO) test ./...

# The race detector leaves out the tests that wait for another program or only
# repeat a calculation; make test has run them.
check: lint ## format, vet, lint, tidy and the race detector
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt would change:" $$unformatted; exit 1; fi
	$(GO) vet ./...
	$(GO) mod tidy -diff
	$(GO) test -race -short -timeout 15m ./...

fmt:
	gofmt -w .

lint: $(TOOLS)/golangci-lint
	$(TOOLS)/golangci-lint run

$(TOOLS)/golangci-lint:
	GOBIN=$(TOOLS) $(GO) install $(LINTER)

fuzz: ## every fuzz target for a while, FACTOR times as long; a name that matches nothing fails
	./.ci/fuzz $(FACTOR)

bench: build ## races count against what else is installed, on ROWS rows; see docs/speed.md
	$(GO) run ./internal/bench $(if $(ROWS),-rows $(ROWS)) $(BENCH)

benchmarks: ## what calc costs, whole process and in parts
	$(GO) test -run '^$$' -bench . -benchmem ./...

build:
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)' -o bin/kortakoer ./cmd/kortakoer

# The same commit and Go give the same bytes: no paths, no build id, no clock.
dist: ## static binaries for Windows, macOS and Linux with their checksums
	rm -rf dist && mkdir dist
	@for target in $(DIST); do \
		os=$${target%/*} arch=$${target#*/}; ending=; [ $$os = windows ] && ending=.exe; \
		echo "dist/kortakoer-$$os-$$arch$$ending"; \
		GOOS=$$os GOARCH=$$arch CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '-s -w -buildid= -X main.version=$(VERSION)' \
			-o dist/kortakoer-$$os-$$arch$$ending ./cmd/kortakoer || exit 1; \
	done
	cd dist && { command -v sha256sum >/dev/null && sha256sum kortakoer-* || shasum -a 256 kortakoer-*; } > SHA256SUMS

clean:
	rm -rf bin dist
