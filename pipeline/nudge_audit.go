package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// NudgeAudit compares the nudges that were due on a local day with what became of
// them.
type NudgeAudit struct {
	Day string
	// Due is how many were, and Sent, Skipped and the others what became of them.
	Due, Sent, Skipped, Failed, Unknown, Missed, Held, Waiting int
	// Slow are those that were sent more than NudgeSlow after they were due.
	Slow int
	// Misses are those that did not arrive, or of which nobody knows: every one has a
	// reason. By who they were for.
	Misses []NudgeMiss
}

// NudgeMiss is a nudge that was due and did not arrive for sure.
type NudgeMiss struct {
	NudgeDue
	// Reason in words.
	Reason string
}

// NudgeSlow is from when on a nudge that was sent counts as slow.
const NudgeSlow = time.Minute

// AuditFrom is when a day can be audited: when it has ended everywhere on earth, and
// an hour is over.
func AuditFrom(day string) time.Time {
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}
	}
	return date.Add(24*time.Hour + 12*time.Hour + time.Hour) // UTC-12 is the last
}

// AuditDay is the newest day that can be audited.
func AuditDay(now time.Time) string {
	for back := 1; ; back++ {
		day := now.UTC().AddDate(0, 0, -back).Format(time.DateOnly)
		if !now.Before(AuditFrom(day)) {
			return day
		}
	}
}

// AuditNudges audits a day. What waits when it is audited counts as a miss, too.
func AuditNudges(day string, due []NudgeDue) NudgeAudit {
	a := NudgeAudit{Day: day, Due: len(due)}
	for _, d := range due {
		reason := ""
		switch d.State {
		case NudgeSent:
			a.Sent++
			if d.At.Sub(d.Due) > NudgeSlow {
				a.Slow++
			}
		case NudgeSkipped:
			a.Skipped++
		case NudgeFailed:
			a.Failed++
			reason = fmt.Sprintf("Slack refused it: %s", cmp.Or(d.Why, "no code"))
		case NudgeUnknown:
			a.Unknown++
			reason = fmt.Sprintf("nobody knows whether it arrived (%s), so it was not sent again", cmp.Or(d.Why, "no code"))
		case NudgeMissed:
			a.Missed++
			reason = missReasons[d.Why]
			if reason == "" {
				reason = "it was not sent on its day: " + cmp.Or(d.Why, "no reason was kept")
			}
		case NudgeHeld:
			a.Held++
			reason = "it is still held back (" + cmp.Or(d.Why, "no reason was kept") + "), and nothing looked at it again"
		default:
			a.Waiting++
			reason = "it still waits to be sent"
		}
		if reason != "" {
			a.Misses = append(a.Misses, NudgeMiss{NudgeDue: d, Reason: reason})
		}
	}
	slices.SortFunc(a.Misses, func(x, y NudgeMiss) int { return cmp.Compare(x.Who, y.Who) })
	return a
}

var missReasons = map[string]string{
	NudgeDisturbs: "the person had do-not-disturb on in Slack for as long as nudges come that day",
	NudgeUnasked:  "Slack did not tell whether the person had do-not-disturb on",
	NudgeLate:     "its turn came after the hours in which nudges are sent: nothing ran, or Slack took no more before",
}

// Words are the audit in a line.
func (a NudgeAudit) Words() string {
	return fmt.Sprintf("%s: %d due, %d sent (%d more than a minute late), %d had nothing to say any more, %d missed, %d failed, %d unknown, %d held, %d waiting",
		a.Day, a.Due, a.Sent, a.Slow, a.Skipped, a.Missed, a.Failed, a.Unknown, a.Held, a.Waiting)
}
