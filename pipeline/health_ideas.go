package pipeline

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Rules about single ideas.

func outdated(l *looking) measured {
	old := l.agedFor(l.limit[0], l.past, func(idea ActiveIdea) time.Time { return idea.Changed })
	m := measured{of: len(l.past), level: warnIf(len(old) > 0)}
	park := 0
	for _, idea := range old {
		words := "unchanged for " + amount(idea.days, "day", "days")
		if float64(idea.days) >= l.limit[1] {
			m.level = FindingAlert
		}
		if float64(idea.days) >= l.limit[2] {
			park++
			words += "; park it?"
		}
		m.items = append(m.items, foundIdea(idea.ActiveIdea, words))
	}
	m.found = fmt.Sprintf("%s for %s days or longer.", withInitial(amount(len(old), "idea has not been changed", "ideas have not been changed"), unicode.ToUpper), ShowNumber(l.limit[0], ""))
	if park > 0 {
		m.found += fmt.Sprintf(" Of these %s ready to be parked.", isOrAre(park))
	}
	return m
}

// isOrAre words a number with its verb: "1 is", "3 are".
func isOrAre(n int) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprintf("%d are", n)
}

func zombieReady(l *looking) measured {
	m := measured{of: len(l.sprints)}
	type passed struct {
		ActiveIdea
		by int
	}
	var zombies []passed
	for _, idea := range l.ready {
		by := 0
		for _, s := range l.sprints {
			if s.Has(idea.Key) || s.First <= l.day(idea.Staged) {
				break
			}
			by++
		}
		if float64(by) >= l.limit[0] {
			zombies = append(zombies, passed{idea, by})
		}
	}
	slices.SortStableFunc(zombies, func(a, b passed) int { return cmp.Compare(b.by, a.by) })
	for _, z := range zombies {
		words := fmt.Sprintf("passed over in %d sprints", z.by)
		if z.by == len(l.sprints) {
			words = fmt.Sprintf("passed over in %d sprints or more", z.by)
		}
		m.items = append(m.items, foundIdea(z.ActiveIdea, words))
	}
	m.level = warnIf(len(zombies) > 0)
	m.found = fmt.Sprintf("%s in the Product Backlog for %s sprints or longer, and no sprint took them up.", withInitial(amount(len(zombies), "idea has been", "ideas have been"), unicode.ToUpper), ShowNumber(l.limit[0], ""))
	return m
}

func titleOnly(l *looking) measured {
	items := foundIdeas(l.past, func(idea ActiveIdea) (string, bool) {
		words := "nothing beside its title"
		if idea.Length > 0 {
			words = amount(idea.Length, "character", "characters") + " beside its title"
		}
		return words, float64(idea.Length) < l.limit[0] && idea.Criteria == 0 && float64(l.days(idea.Created)) > l.limit[1]
	})
	return measured{
		of: len(l.past), level: warnIf(len(items) > 0), items: items,
		found: fmt.Sprintf("%s little more than a title.", withInitial(amount(len(items), "idea past capture says", "ideas past capture say"), unicode.ToUpper)),
	}
}

// near are the ideas in the Product Backlog and in the open sprint.
func (l *looking) near() []ActiveIdea {
	ideas := slices.Clone(l.ready)
	if l.Open == nil {
		return ideas
	}
	for _, item := range l.Open.Items {
		if idea, is := l.idea(item.Key); is && idea.Stage != Backlog {
			ideas = append(ideas, idea)
		}
	}
	return ideas
}

func noCriteria(l *looking) measured {
	near := l.near()
	items := foundIdeas(near, func(idea ActiveIdea) (string, bool) {
		words := "in the Product Backlog"
		if l.Open != nil && l.Open.Has(idea.Key) {
			words = "in the sprint"
		}
		return words, idea.Criteria == 0
	})
	return measured{
		of: len(near), level: warnIf(len(items) > 0), items: items,
		found: fmt.Sprintf("%s no acceptance criteria, of %d in the Product Backlog and the sprint.", withInitial(amount(len(items), "idea has", "ideas have"), unicode.ToUpper), len(near)),
	}
}

func fatStory(l *looking) measured {
	items := foundIdeas(l.Active, func(idea ActiveIdea) (string, bool) {
		var much []string
		if float64(idea.Criteria) > l.limit[0] {
			much = append(much, amount(idea.Criteria, "criterion", "criteria"))
		}
		if float64(idea.Length) > l.limit[1] {
			much = append(much, ShowNumber(float64(idea.Length), "characters"))
		}
		return enumerate(much), len(much) > 0
	})
	return measured{
		of: len(l.Active), level: warnIf(len(items) > 0), items: items,
		found: fmt.Sprintf("%s very much.", withInitial(amount(len(items), "idea says", "ideas say"), unicode.ToUpper)),
	}
}

func investSkipped(l *looking) measured {
	if l.Open == nil {
		return measured{}
	}
	m := measured{of: len(l.Open.Items)}
	for _, item := range l.Open.Items {
		idea, is := l.idea(item.Key)
		if !is {
			continue
		}
		words := "no INVEST checklist"
		if run, begun := (Dossier{Runs: idea.Runs}).Latest(INVEST); begun {
			switch run.Verdict {
			case Passed:
				continue
			case Failed:
				words = "INVEST failed"
			default:
				words = "INVEST not finished"
			}
		}
		m.items = append(m.items, foundIdea(idea, words))
	}
	m.level = worseIf(len(m.items) > 0, overShare(len(m.items), m.of, l.limit[0]))
	m.found = fmt.Sprintf("%s in the sprint did not pass INVEST: %s.", someOf(len(m.items), m.of, "idea", "ideas"), inPercent(len(m.items), m.of, l.limit[0]))
	return m
}

// layers are words that name a part of a system where a title begins with them.
var layers = regexp.MustCompile(`(?i)^\W*(?:api|backend|back-end|component|css|database|db|endpoint|frontend|front-end|infra|infrastructure|library|microservice|middleware|migration|refactor(?:ing)?|schema|server|service|sql|table|ui)\b`)

func componentSlicing(l *looking) measured {
	var features []ActiveIdea
	for _, idea := range l.ready {
		if idea.Work == Feature {
			features = append(features, idea)
		}
	}
	items := foundIdeas(features, func(idea ActiveIdea) (string, bool) { return "", layers.MatchString(idea.Title) })
	return measured{
		of: len(features), level: warnIf(overShare(len(items), len(features), l.limit[0])), items: items,
		found: fmt.Sprintf("%s in the Product Backlog %s titled by a layer: %s.", someOf(len(items), len(features), "feature", "features"), agreeing(len(items), "is", "are"), inPercent(len(items), len(features), l.limit[0])),
	}
}

// burst is within how much time many ideas of one person come from one list.
const burst = 10 * time.Minute

// pasted is how lines of a list begin.
var pasted = regexp.MustCompile(`^\s*(?:[-*•]\s|#?\d+\s*[.):]|\[[ x]?\])`)

func copyPaste(l *looking) measured {
	recent := l.recent()
	byAuthor := map[string][]ActiveIdea{}
	for _, idea := range recent {
		byAuthor[idea.Author] = append(byAuthor[idea.Author], idea)
	}
	var most []ActiveIdea
	for _, ideas := range byAuthor {
		slices.SortFunc(ideas, func(a, b ActiveIdea) int {
			return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Key.Number, b.Key.Number))
		})
		first := 0
		for i := range ideas {
			for ideas[i].Created.Sub(ideas[first].Created) > burst {
				first++
			}
			if i+1 < len(ideas) && ideas[i+1].Created.Sub(ideas[first].Created) <= burst {
				continue // the burst goes on
			}
			if alike := copied(ideas[first : i+1]); len(alike) > len(most) || len(alike) == len(most) && len(alike) > 0 && alike[0].Key.Number > most[0].Key.Number {
				most = alike
			}
		}
	}
	m := measured{of: len(recent), level: warnIf(float64(len(most)) >= l.limit[0])}
	m.items = foundIdeas(most, func(ActiveIdea) (string, bool) { return "", true })
	m.found = fmt.Sprintf("One person captured %d ideas within ten minutes that look like one pasted list.", len(most))
	return m
}

// copied are those of the ideas whose title is numbered, or begins like that of
// another one of them.
func copied(ideas []ActiveIdea) []ActiveIdea {
	begins := map[string]int{}
	for _, idea := range ideas {
		begins[beginning(idea.Title)]++
	}
	var alike []ActiveIdea
	for _, idea := range ideas {
		if begin := beginning(idea.Title); pasted.MatchString(idea.Title) || begin != "" && begins[begin] > 1 {
			alike = append(alike, idea)
		}
	}
	return alike
}

// beginning of a title: its words without digits and signs, but for the last one,
// in which titles of a list differ.
func beginning(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) })
	return strings.Join(words[:max(min(len(words), 2), len(words)-1)], " ")
}

func duplicates(l *looking) measured {
	if l.Pairs == nil || len(l.past) < 2 {
		return measured{}
	}
	m := measured{of: 1}
	for _, pair := range l.Pairs {
		if 100*pair.Score >= l.limit[1] {
			a, _ := l.idea(pair.A)
			b, _ := l.idea(pair.B)
			m.items = append(m.items, foundIdea(b, "much like "+a.Key.String()+", “"+Cut(a.Title, foundTitle)+"”"))
		}
	}
	m.level = warnIf(len(m.items) > 0 && float64(len(m.items)) >= l.limit[0])
	m.found = fmt.Sprintf("%s of ideas say much the same.", withInitial(amount(len(m.items), "pair", "pairs"), unicode.ToUpper))
	return m
}
