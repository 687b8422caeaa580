package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"alignbot/commands"
)

var (
	commandNamed = regexp.MustCompile(`(/(?:align|idea|validate|antibacklog|outcome))(?: ([a-z]+))?`)
	metricNamed  = regexp.MustCompile(`alignbot_[a-z_]+`)
)

// What a person is told to do on a real workspace can be done: it needs no settings,
// and each command and figure that it names is there.
func TestLiveChecksCanBeWorkedThrough(t *testing.T) {
	code, told, stderr := start(t, nil, "doctor", "--live-checks")
	if code != exitOK || stderr != "" {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if n := strings.Count(told, "\n[ ] "); n != len(liveChecks) || n < 10 {
		t.Errorf("%d checks are printed, of %d", n, len(liveChecks))
	}
	for _, c := range liveChecks {
		if len(c.Steps) == 0 || c.Expect == "" || c.Otherwise == "" {
			t.Errorf("%q says not all", c.Title)
		}
	}
	named := commandNamed.FindAllStringSubmatch(told, -1)
	if len(named) < 5 {
		t.Errorf("only %d commands are named", len(named))
	}
	for _, n := range named {
		if !slices.ContainsFunc(commands.List(), func(e commands.Entry) bool { return e.On == commands.Slash && e.Name == n[1] && e.Word == n[2] }) {
			t.Errorf("there is no %s", n[0])
		}
	}
	docs, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, metric := range metricNamed.FindAllString(told, -1) {
		if !strings.Contains(string(docs), metric) {
			t.Errorf("%s is not among the metrics that are documented", metric)
		}
	}
}
