package pipeline

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"
)

// ForensicList is what one person wrote.
type ForensicList struct {
	By   string   `json:"by,omitempty"` // a user id, "" in an anonymous session
	Ways []string `json:"ways"`
}

// ForensicSaid is what people gave in the phase that runs: lists in the first, picks
// in the third, each person's groups the first pick first.
type ForensicSaid struct {
	Lists []ForensicList
	Picks [][]int
}

// mayLead refuses whoever does not lead the session: those who started it and its
// product owners.
func mayLead(policy Policy, p Person, where Where, f Forensic) error {
	if err := mayIn(policy, p, HoldForensic, where, f.Team, "A forensic session"); err != nil {
		return err
	}
	if p.ID != f.StartedBy && !where.Team.OwnedBy(p.ID) {
		return &Problem{
			Code: "not-leading",
			What: "A session is led by whoever started it and by the team's product owners.",
			Safe: "Nothing was changed.",
		}
	}
	return nil
}

// Leads tells whether the person leads the session.
func (f Forensic) Leads(policy Policy, p Person, where Where) bool {
	return mayLead(policy, p, where, f) == nil
}

// EndPhase begins the next phase before the deadline of the one that runs. phase is
// the one that the person saw. Anonymous lists of a few are not ended early.
func EndPhase(policy Policy, p Person, where Where, f Forensic, phase ForensicPhase, said ForensicSaid, now time.Time) (Forensic, error) {
	if err := mayLead(policy, p, where, f); err != nil {
		return f, err
	}
	if f.Phase != phase || !f.Running() {
		return f, phaseOver()
	}
	if f.Phase == ForensicLists && f.tooFew(said.Lists) {
		return f, &Problem{
			Code: "too-few-lists",
			What: fmt.Sprintf("So far %s written, which is too few to go on.", amountHave(len(said.Lists))),
			Safe: "What was written is kept.",
			Next: "Wait for more, or end the session.",
		}
	}
	next := f.next(*where.Team, where.Holidays, said, now)
	if !next.Running() {
		next.EndedBy = p.ID
	}
	return next, nil
}

// amountHave begins a sentence's end: "one person has", "3 people have".
func amountHave(n int) string {
	if n == 1 {
		return "one person has"
	}
	return amount(n, "person", "people") + " have"
}

// StopForensic ends a session without a result.
func StopForensic(policy Policy, p Person, where Where, f Forensic, now time.Time) (Forensic, error) {
	if err := mayLead(policy, p, where, f); err != nil {
		return f, err
	}
	if !f.Running() {
		return f, phaseOver()
	}
	f = f.without("It was stopped before its end.", now)
	f.EndedBy = p.ID
	return f, nil
}

// PhaseOver gives the session after the deadline of its phase; false while there is
// nothing to do. Lists of too few get the same time once more, then the session ends
// without a result.
func PhaseOver(team Team, holidays Holidays, f Forensic, said ForensicSaid, now time.Time) (Forensic, bool) {
	if !f.Running() || now.Before(f.Deadline) {
		return f, false
	}
	if f.Phase != ForensicLists || !f.tooFew(said.Lists) {
		return f.next(team, holidays, said, now), true
	}
	if !f.Extended {
		f.Extended = true
		return f.until(team, holidays, now), true
	}
	if len(said.Lists) == 0 {
		return f.without("Nobody wrote anything.", now), true
	}
	return f.without(fmt.Sprintf("Only %s written, and anonymous lists of fewer than %d people are not shown.", amountHave(len(said.Lists)), AnonymousLeast), now), true
}

// tooFew tells whether the lists cannot be shown.
func (f Forensic) tooFew(lists []ForensicList) bool {
	return len(lists) == 0 || f.Anonymous && len(lists) < AnonymousLeast
}

func (f Forensic) without(why string, now time.Time) Forensic {
	f.Phase, f.Without, f.Ended, f.Began, f.Deadline = ForensicOver, why, now, time.Time{}, time.Time{}
	f.Ways, f.Groups = nil, nil
	return f
}

// next begins the phase after the one that runs.
func (f Forensic) next(team Team, holidays Holidays, said ForensicSaid, now time.Time) Forensic {
	f = f.until(team, holidays, now)
	switch f.Phase {
	case ForensicLists:
		f.Phase, f.Wrote, f.Ways = ForensicMerge, len(said.Lists), f.waysOf(said.Lists)
		f.Groups = ProposeGroups(f.Ways)
	case ForensicMerge:
		f.Phase = ForensicRank
	case ForensicRank:
		f.Phase, f.Picked = ForensicFixes, len(said.Picks)
		f.Groups = rankGroups(f.Groups, said.Picks)
	default:
		f.Phase, f.Ended, f.Began, f.Deadline = ForensicOver, now, time.Time{}, time.Time{}
	}
	return f
}

// waysOf numbers what was written, in an order that tells neither who nor when.
func (f Forensic) waysOf(lists []ForensicList) []ForensicWay {
	var ways []ForensicWay
	for _, list := range lists {
		for _, words := range list.Ways {
			way := ForensicWay{Words: words}
			if !f.Anonymous && len(lists) >= AnonymousLeast {
				way.By = list.By
			}
			ways = append(ways, way)
		}
	}
	place := func(way ForensicWay) []byte {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d/%s", f.Team, f.Number, way.Words))
		return sum[:]
	}
	slices.SortFunc(ways, func(a, b ForensicWay) int {
		return cmp.Or(bytes.Compare(place(a), place(b)), cmp.Compare(a.By, b.By))
	})
	for i := range ways {
		ways[i].ID = i + 1
	}
	return ways
}

// rankGroups puts the worst first: those with the most points, then those with the
// most ways.
func rankGroups(groups []ForensicGroup, picks [][]int) []ForensicGroup {
	points := map[int]int{}
	for _, picked := range picks {
		for place, group := range picked[:min(len(picked), ForensicTop)] {
			points[group] += ForensicTop - place
		}
	}
	ranked := slices.Clone(groups)
	for i := range ranked {
		ranked[i].Points = points[ranked[i].ID]
	}
	slices.SortStableFunc(ranked, func(a, b ForensicGroup) int {
		return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(len(b.Ways), len(a.Ways)))
	})
	return ranked
}
