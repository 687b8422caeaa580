package main

import (
	"io"
	"log/slog"
	"time"
)

// LogSettings are where the program's own words go: to stderr, one record a
// line.
type LogSettings struct {
	Level  string `key:"level" usage:"least important level that is logged: debug, info, warn or error"`
	Format string `key:"format" usage:"json for machines, text for people"`
}

var logLevels = map[string]slog.Level{
	"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
}

// newLogger logs to w: times in UTC, durations with their unit (11.03s), no
// secrets.
func newLogger(w io.Writer, s LogSettings) *slog.Logger {
	options := &slog.HandlerOptions{
		Level: logLevels[s.Level],
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			switch {
			case len(groups) == 0 && a.Key == slog.TimeKey:
				a.Value = slog.StringValue(a.Value.Time().UTC().Format(time.RFC3339Nano))
			case a.Value.Kind() == slog.KindDuration:
				d := a.Value.Duration() // JSON would show nanoseconds without a unit
				if d.Abs() > 10*time.Millisecond {
					d = d.Round(time.Millisecond)
				}
				a.Value = slog.StringValue(d.String())
			}
			return a
		},
	}
	if s.Format == "text" {
		return slog.New(slog.NewTextHandler(redacting{w}, options))
	}
	return slog.New(slog.NewJSONHandler(redacting{w}, options))
}
