package main

import (
	"os"
	"strings"
	"testing"
)

// The file that the guide of canvases shows is one that check accepts.
func TestTheCanvasOfTheGuideIsRight(t *testing.T) {
	guide, err := os.ReadFile("../../docs/canvases.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(guide), "```yaml\n")
	file, _, found := strings.Cut(rest, "```")
	code, stdout, stderr := start(t, nil, "canvas", "check", write(t, "charter.yaml", file))
	if !found || code != exitOK {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}
