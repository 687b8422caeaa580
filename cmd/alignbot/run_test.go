package main

import (
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// pointedAt is the environment of a bot for the local Slack, with a Redis of its
// own unless more names one.
func pointedAt(t *testing.T, sim *simtest.Sim, more ...string) []string {
	t.Helper()
	if !slices.ContainsFunc(more, func(pair string) bool { return strings.HasPrefix(pair, "ALIGNBOT_REDIS_URL=") }) {
		more = append(more, "ALIGNBOT_REDIS_URL="+redistest.Start(t))
	}
	return append([]string{
		"ALIGNBOT_SLACK_API_URL=" + sim.APIURL(),
		"ALIGNBOT_SLACK_BOT_TOKEN=" + sim.BotToken(),
		"ALIGNBOT_SLACK_APP_TOKEN=" + sim.AppToken(),
		"ALIGNBOT_HTTP_LISTEN=127.0.0.1:0",
	}, more...)
}

// freeAddress is one that nothing listens on at the moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestRunServesPeopleAndEndsWhenTold(t *testing.T) {
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	health := freeAddress(t)
	program := begin(t, pointedAt(t, sim, "ALIGNBOT_HTTP_LISTEN="+health), "run", "--log-level=debug")
	sim.HasApp()

	alice := sim.Person("alice").In("payments")
	alice.Types("/align setup")
	alice.Submits()
	alice.Types("/idea add Export invoices as PDF")
	alice.Sees("PAY-1")

	for _, path := range []string{"/livez", "/metrics"} {
		answer, err := http.Get("http://" + health + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %s %v\n%s", path, answer.Status, err, body)
		}
		if path == "/metrics" {
			for _, name := range []string{"alignbot_build_info{", "alignbot_ack_seconds", "go_goroutines", "process_start_time_seconds"} {
				if !strings.Contains(string(body), name) {
					t.Errorf("/metrics lacks %s", name)
				}
			}
		}
	}
	if code := program.end(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	log := program.stderr.String()
	for _, secret := range []string{sim.BotToken(), sim.AppToken(), "ticket=", "Export invoices"} {
		if at := strings.Index(log, secret); at >= 0 && !strings.HasPrefix(log[at:], "ticket=***") {
			t.Errorf("the log holds %q:\n%s", secret, log[max(0, at-200):min(len(log), at+200)])
		}
	}
}

func TestRunEndsWithTheFixWhenSlackRefuses(t *testing.T) {
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	code, _, stderr := start(t, pointedAt(t, sim, "ALIGNBOT_SLACK_BOT_TOKEN=xoxb-withdrawn-sesame"), "run")
	if code != exitSettings || !strings.Contains(stderr, "alignbot: ") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
	if strings.Contains(stderr, "sesame") {
		t.Errorf("the token is shown:\n%s", stderr)
	}
}

func TestRunSaysWhichRedisItWaitsFor(t *testing.T) {
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	program := begin(t, pointedAt(t, sim, "ALIGNBOT_REDIS_URL=redis://:sesame@127.0.0.1:1"), "run")
	said := program.warns("Redis at 127.0.0.1:1 cannot be reached (connection refused). Nothing is lost")
	if strings.Contains(said, "sesame") {
		t.Errorf("the password is shown:\n%s", said)
	}
	if code := program.end(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}

func TestRunNamesTheSettingThatAcceptsEviction(t *testing.T) {
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	redis := redistest.StartServer(t, "--maxmemory-policy", "allkeys-lru")
	code, _, stderr := start(t, pointedAt(t, sim, "ALIGNBOT_REDIS_URL="+redis.URL()), "run")
	if code != exitSettings || !strings.Contains(stderr, "redis.allow_eviction: true") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}

func TestAnOlderReleaseRefusesANewerSchema(t *testing.T) {
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	redis := redistest.StartServer(t)
	redis.Do("SET", "ab:schema", storage.Schema+1)
	code, _, stderr := start(t, pointedAt(t, sim, "ALIGNBOT_REDIS_URL="+redis.URL()), "run")
	if code != exitSettings || !strings.Contains(stderr, "alignbot: The storage cannot be used. What is stored was written by a newer alignbot (schema 2, this one knows 1). Run that version, or a later one.") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}

// The manifest asks for enough: with its scopes alone, nothing is refused. That
// every command and shortcut is known is held by TestManifestHasEveryCommand….
func TestScopesOfTheManifestAreEnough(t *testing.T) {
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	begin(t, pointedAt(t, sim), "run")
	sim.HasApp()
	if err := playSample(t.Context(), sim.Sim); err != nil {
		t.Fatal(err)
	}
	for _, refused := range sim.Ledger().Refused() {
		if refused.Error == "missing_scope" {
			t.Errorf("%s needs a scope that the manifest does not ask for", refused.Method)
		}
	}
}
