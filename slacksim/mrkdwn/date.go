package mrkdwn

import (
	"fmt"
	"strings"
	"time"
)

// FormatDate writes a Date as its viewer sees it: the format's tokens filled in, in the zone (nil is UTC).
// now decides about the "pretty" forms and {ago}; if it is zero they fall back to the plain ones. A format
// without any known token shows as it stands; a moment that cannot be shown gives the fallback.
// Tokens: docs.slack.dev/messaging/formatting-message-text#date-formatting.
func FormatDate(n Node, zone *time.Location, now time.Time) string {
	if zone == nil {
		zone = time.UTC
	}
	t := time.Unix(n.Epoch, 0).In(zone)
	if t.Year() < 0 || t.Year() > 9999 {
		return n.Text
	}
	if !now.IsZero() {
		now = now.In(zone)
	}
	short, long := t.Format("Jan 2, 2006"), t.Format("Monday, January ")+ordinal(t.Day())+t.Format(", 2006")
	full := t.Format("January ") + ordinal(t.Day()) + t.Format(", 2006")
	return strings.NewReplacer(
		"{date_num}", t.Format("2006-01-02"),
		"{date_slash}", t.Format("01/02/2006"),
		"{date}", full,
		"{date_short}", short,
		"{date_long}", long,
		"{date_pretty}", pretty(t, now, full),
		"{date_short_pretty}", pretty(t, now, short),
		"{date_long_pretty}", pretty(t, now, long),
		"{time}", t.Format("3:04 PM"),
		"{time_secs}", t.Format("3:04:05 PM"),
		"{ago}", ago(t, now, short),
	).Replace(n.Format)
}

func pretty(t, now time.Time, otherwise string) string {
	if now.IsZero() {
		return otherwise
	}
	switch t.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		return "today"
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		return "yesterday"
	case now.AddDate(0, 0, 1).Format(time.DateOnly):
		return "tomorrow"
	}
	return otherwise
}

func ago(t, now time.Time, otherwise string) string {
	if now.IsZero() {
		return otherwise
	}
	d, words := now.Sub(t), "%s ago"
	if d < 0 {
		d, words = -d, "in %s"
	}
	amount := func(n int, unit string) string {
		if n != 1 {
			unit += "s"
		}
		return fmt.Sprintf(words, fmt.Sprintf("%d %s", n, unit))
	}
	switch {
	case d < time.Minute:
		return amount(int(d/time.Second), "second")
	case d < time.Hour:
		return amount(int(d/time.Minute), "minute")
	case d < 24*time.Hour:
		return amount(int(d/time.Hour), "hour")
	default:
		return amount(int(d/(24*time.Hour)), "day")
	}
}

func ordinal(n int) string {
	suffix := "th"
	if n/10 != 1 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprintf("%d%s", n, suffix)
}
