package slacksim_test

import (
	"strings"
	"testing"

	"alignbot/slacksim"
)

func TestAShortcutNobodyHears(t *testing.T) {
	sim := open(t, slacksim.Options{})
	if err := sim.UseShortcut(within(t), "alice", "capture_idea"); err != nil {
		t.Fatal(err)
	}
	if m := lastIn(t, sim, "@alignbot"); !strings.Contains(m.Text, "operation_timeout") || !m.Ephemeral || m.Author != "Slackbot" {
		t.Errorf("shown %+v", m)
	}
}
