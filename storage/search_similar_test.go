package storage

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"alignbot/pipeline"
)

func TestSimilar(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		other := payments()
		other.Key, other.Channel, other.Language = "LAG", "C_LAG", pipeline.NoLanguage
		must(s.SetUpTeam(t.Context(), "op-lag", other))(t)
		n := 0
		stored := func(team pipeline.TeamKey, title, problem string) pipeline.Idea {
			n++
			new := idea(title)
			new.Key.Team, new.Problem = team, problem
			return must(s.Capture(t.Context(), fmt.Sprint("op", n), new, Slot{}))(t)
		}
		export := stored("PAY", "Export invoices as PDF", "Accountants retype our invoices.")
		stored("PAY", "Import invoices", "Suppliers mail us their bills.")
		dark := stored("PAY", "Dark mode", "The night shift complains about tired eyes.")
		stored("PAY", "Dark chocolate in the kitchen", "")
		scan := stored("LAG", "Lieferscheine scannen", "Jeder Lieferschein wird abgetippt.")
		secret := stored("PAY", "Zebra crossing", "")
		secret.Withdrawn, secret.WithdrawnBy = start, "U_ANA"
		must(s.ChangeIdea(t.Context(), "op-w", secret, Slot{}, pipeline.Event{At: start, By: "U_ANA", What: pipeline.WasWithdrawn}))(t)
		follow(t, s)
		for _, c := range []struct {
			name  string
			asked pipeline.Idea
			teams []pipeline.TeamKey
			first string // "" when nothing is like it
		}{
			{"in other words", pipeline.Idea{Title: "Download bills in a printable form"}, []pipeline.TeamKey{"PAY", "LAG"}, export.Title},
			{"by its problem", pipeline.Idea{Title: "Black background", Problem: "My eyes are tired at night."}, []pipeline.TeamKey{"PAY", "LAG"}, dark.Title},
			{"with a slip", pipeline.Idea{Title: "acountants retpye"}, []pipeline.TeamKey{"PAY"}, export.Title},
			{"a compound in a language without stems", pipeline.Idea{Title: "Lieferscheinscanner"}, []pipeline.TeamKey{"PAY", "LAG"}, scan.Title},
			{"of other teams", pipeline.Idea{Title: "Lieferscheine scannen"}, []pipeline.TeamKey{"PAY"}, ""},
			{"of no team", pipeline.Idea{Title: "Export invoices"}, nil, ""},
			{"withdrawn", pipeline.Idea{Title: "Zebra crossing"}, []pipeline.TeamKey{"PAY", "LAG"}, ""},
			{"saying nothing", pipeline.Idea{Title: "of the"}, []pipeline.TeamKey{"PAY", "LAG"}, ""},
		} {
			matches := must(s.Similar(t.Context(), c.asked, c.teams, 3))(t)
			if len(matches) > 3 {
				t.Errorf("%s: %d matches", c.name, len(matches))
			}
			switch first := firstTitle(matches); {
			case first != c.first:
				t.Errorf("%s: the first is %q, want %q", c.name, first, c.first)
			case first != "" && (matches[0].Score <= 0 || matches[0].Score > 1):
				t.Errorf("%s: score %v", c.name, matches[0].Score)
			}
		}
		if matches := must(s.Similar(t.Context(), export, []pipeline.TeamKey{"PAY"}, 3))(t); firstTitle(matches) != "Import invoices" {
			t.Errorf("a stored idea is like itself: %+v", matches)
		}
	})
}

func firstTitle(matches []Match) string {
	if len(matches) == 0 {
		return ""
	}
	return matches[0].Idea.Title
}

// TestTheLanguageOfATeamIsFollowed: of a team that is set up, and of one that
// changes its mind, while the index is in use.
func TestTheLanguageOfATeamIsFollowed(t *testing.T) {
	s := withTeam(t, open(t, "memory:"))
	follow(t, s)
	must(s.Find(t.Context(), "wait", nil, 1))(t)
	team := payments()
	team.Key, team.Channel, team.Language = "RUS", "C_RUS", "russian"
	team = must(s.SetUpTeam(t.Context(), "op-rus", team))(t)
	new := idea("Новые книги")
	new.Key.Team = "RUS"
	must(s.Capture(t.Context(), "op1", new, Slot{}))(t)
	finds := func(words string) func() bool {
		return func() bool { return len(must(s.Find(t.Context(), words+" x", []pipeline.TeamKey{"RUS"}, 1))(t)) == 1 }
	}
	waitFor(t, "the stem of a Russian word", finds("книгами"))
	team.Language = pipeline.NoLanguage
	must(s.ChangeTeam(t.Context(), "op2", team))(t)
	waitFor(t, "Russian words to be as they are written", func() bool { return !finds("книгами")() })
	if !finds("книги")() {
		t.Error("the word as written is not found")
	}
}

func TestAStoredLanguageIsTheTeams(t *testing.T) {
	s := workspace(t, open(t, "memory:"))
	team := payments()
	team.Language = "swedish"
	if stored := must(s.SetUpTeam(t.Context(), "op", team))(t); stored.Language != "swedish" {
		t.Errorf("language %q", stored.Language)
	}
	if stored := must(s.Team(t.Context(), "PAY"))(t); stored.Language != "swedish" {
		t.Errorf("read again: language %q", stored.Language)
	}
}

func TestAnUnknownLanguageIsReadAsWritten(t *testing.T) {
	x := newIndex()
	team := pipeline.Team{Key: "PAY", Language: "of a newer alignbot"}
	if x.speak(team); x.readings[0].name != pipeline.NoLanguage || x.speak(team) {
		t.Errorf("it is read as %q", x.readings[0].name)
	}
}

// FuzzSimilar: an idea is like itself, whatever is in it, and every score is one.
func FuzzSimilar(f *testing.F) {
	f.Add("Export invoices as PDF", "Accountants retype them.")
	f.Add("PDF出力を速く", "ใบแจ้ง")
	f.Add("ÿ=1 ß", "the")
	f.Fuzz(func(t *testing.T, title, problem string) {
		x := newIndex()
		asked := pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: 1}, Title: title, Problem: problem}
		x.put(document{Idea: asked})
		x.put(document{Idea: pipeline.Idea{Key: pipeline.Key{Team: "PAY", Number: 2}, Title: "Export as PDF", Problem: "We need it"}})
		x.finish()
		found := x.propose(asked, []pipeline.TeamKey{"PAY"}, 5)
		for _, p := range found {
			like := asked
			if p.key.Number == 2 {
				like = pipeline.Idea{Title: "Export as PDF", Problem: "We need it"}
			}
			score := p.question.likeness(x, like, float64(p.score))
			if math.IsNaN(score) || score <= 0 || score > 1+1e-9 {
				t.Errorf("%s has the score %v", p.key, score)
			}
		}
		if x.live == 2 && len(problem) <= compareMost && !slices.ContainsFunc(found, func(p proposal) bool { return p.key == asked.Key }) {
			t.Errorf("%q does not find itself", title)
		}
	})
}
