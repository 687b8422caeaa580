package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestLogsHoldNoSecrets(t *testing.T) {
	secrets := []string{
		"xoxb-123-sesame", "xoxe.xoxp-1-sesame", "xapp-1-A0-99-sesame",
		"wss://wss-primary.slack.com/link/?ticket=sesame-1&app_id=A1",
		"https://hooks.slack.com/commands/T1/22/sesame", "https://hooks.slack.com/actions/T1/sesame",
		"http://127.0.0.1:8065/response/T1/sesame",
		"redis://user:sesame@redis:6379/0", "rediss://:sesame@redis:6379",
	}
	type holder struct{ Token string }
	for _, format := range []string{"json", "text"} {
		for _, secret := range secrets {
			var out bytes.Buffer
			log := newLogger(&out, LogSettings{Level: "debug", Format: format})
			log.Debug("message "+secret, "attribute", secret, "error", fmt.Errorf("dial %q: %w", secret, errors.New("refused")),
				"struct", holder{secret}, slog.Group("group", "inner", secret), "bytes", []byte(secret), "after", "kept")
			log.With("early", secret).WithGroup("g").Info("second", "url", secret)
			if strings.Contains(out.String(), "sesame") {
				t.Errorf("%s: %s", format, out.String())
			}
			if !strings.Contains(out.String(), "kept") {
				t.Errorf("%s: too much was taken out: %s", format, out.String())
			}
			for line := range strings.Lines(out.String()) {
				if format == "json" && !json.Valid([]byte(line)) {
					t.Errorf("no JSON any more: %s", line)
				}
			}
		}
	}
}

func TestRedactingLeavesTheRest(t *testing.T) {
	const line = "GET https://slack.com/api/chat.postMessage user@example.com box-1 ticket PAY-12 redis://redis:6379/0"
	if got := string(redact([]byte(line))); got != line {
		t.Errorf("got %q", got)
	}
}
